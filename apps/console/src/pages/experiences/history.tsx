import { meaningOf, type Meaning } from '@app/client';
import { Card, Text, Timeline, Title } from '@mantine/core';
import { IconClock, IconPencil, IconPlus, IconRefresh, type Icon } from '@tabler/icons-react';
import {
  lifecycleWord,
  personOf,
  statusOf,
  type Experience,
  type ExperienceStatus,
} from '../../shared/experience';
import { More } from '../../shared/more';
import { Loaded } from '../../shared/states';
import { Moment } from '../../shared/time';
import { useHistory } from './use-experience';

interface Station {
  readonly id: string;
  readonly word: string;
  readonly at: string;
  readonly icon: Icon;
  readonly color: string;
  readonly who: string;
}

type Events = NonNullable<ReturnType<typeof useHistory>['items']>;

/** The lifecycle events of an experience, oldest first, with who caused each. */
export function History({ experience }: { experience: Experience }) {
  const { items, error, retry, more, loadingMore } = useHistory(experience.uid);
  return (
    <Card withBorder component="section" aria-labelledby="life">
      <Title order={2} size="h4" id="life" mb="sm">
        History
      </Title>
      <Loaded what="the history" data={items} error={error} retry={retry}>
        {(history) => {
          const stations = [...knownBefore(experience, history), ...history.map(station)];
          const coming = more === null ? comingOf(experience) : [];
          return (
            <>
              <Timeline bulletSize={26} lineWidth={2} active={stations.length - 1}>
                {[...stations, ...coming].map(({ id, word, at, icon: Drawn, color, who }) => (
                  <Timeline.Item
                    key={id}
                    title={word}
                    color={color}
                    bullet={<Drawn size={14} aria-hidden />}
                    lineVariant={coming.some((one) => one.id === id) ? 'dashed' : 'solid'}
                  >
                    <Text size="sm">{who}</Text>
                    <Text size="xs" c="dimmed">
                      <Moment at={at} /> · <Moment at={at} relative />
                    </Text>
                  </Timeline.Item>
                ))}
              </Timeline>
              {stations.length === 0 && (
                <Text size="sm" c="dimmed">
                  No lifecycle event has been received yet.
                </Text>
              )}
              <More more={more} loading={loadingMore} />
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

const station = ({ id, event, time, user, status }: Events[number]): Station => ({
  id,
  word: lifecycleWord(event, status),
  at: time,
  ...looks(event, status),
  who: `by ${personOf(user) ?? 'an unnamed user'}`,
});

type Look = Pick<Station, 'icon' | 'color'>;

function looks(event: string, status: ExperienceStatus): Look {
  const meaning = meaningOf(event);
  if (meaning === null)
    return { icon: event.endsWith('.observed') ? IconRefresh : IconPencil, color: 'gray' };
  return meaning === 'creation' ? { icon: IconPlus, color: 'gray' } : lookOf(status);
}

function lookOf(status: ExperienceStatus): Look {
  const { icon, color } = statusOf(status);
  return { icon, color };
}

/** Creation and publication that happened before the first received event; the snapshot has their times. */
function knownBefore({ createdAt, publishedAt }: Experience, history: Events): Station[] {
  const heard = (means: Meaning): boolean => history.some(({ event }) => meaningOf(event) === means);
  const who = 'before the first event was received';
  return [
    ...(createdAt && !heard('creation')
      ? [{ id: 'created', word: 'Created', at: createdAt, icon: IconPlus, color: 'gray', who }]
      : []),
    ...(publishedAt && !heard('publication')
      ? [{ id: 'published', word: 'Published', at: publishedAt, ...lookOf('live'), who }]
      : []),
  ];
}

function comingOf({ expiresAt, status }: Experience): Station[] {
  if (!expiresAt || status === 'deleted' || Date.parse(expiresAt) < Date.now()) return [];
  return [
    { id: 'expires', word: 'Expires', at: expiresAt, icon: IconClock, color: 'gray', who: 'automatically' },
  ];
}
