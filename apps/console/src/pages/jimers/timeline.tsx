import { answered } from '@app/client';
import { Anchor, Card, Text, Timeline as Line, Title } from '@mantine/core';
import { Fragment } from 'react';
import { Link } from 'react-router';
import { useList } from '../../api/use-list';
import { useSession, type Schemas } from '../../session/session';
import { EventIcon } from '../../shared/event-icon';
import { eventWords } from '../../shared/event-words';
import { titleOf } from '../../shared/experience';
import { experienceLink, logLink } from '../../shared/links';
import { More } from '../../shared/more';
import { Empty, Loaded } from '../../shared/states';
import { capitalized } from '../../shared/words';

type Item = Schemas['TimelineItemDto'];

const DAY = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

export function Timeline({
  jimer,
  experiences,
}: {
  jimer: Schemas['JimerDto'];
  experiences: readonly Schemas['JourneyWithAnswersDto'][];
}) {
  const { api } = useSession();
  const { uid, workspace } = jimer;
  const list = useList<Item>(['jimer', uid, 'timeline', workspace], (next, signal) =>
    answered(
      api.GET('v1/jimers/{uid}/timeline', {
        params: { path: { uid }, query: { workspace, ...next } },
        signal,
      }),
    ),
  );
  const titles = new Map(experiences.map(({ uid, title }) => [uid, title]));
  return (
    <Card withBorder component="section" aria-labelledby="timeline">
      <Title order={2} size="h4" id="timeline" mb="xs">
        Timeline
      </Title>
      <Loaded what="the timeline" data={list.items} error={list.error} retry={list.retry}>
        {(items) =>
          items.length === 0 ? (
            <Empty title="No events" />
          ) : (
            byDay(items).map(([day, events]) => (
              <Fragment key={day}>
                <Title order={3} size="sm" c="dimmed" fw={500} mt="md" mb="xs">
                  {day}
                </Title>
                <Line bulletSize={24} lineWidth={2} active={-1} aria-label={day}>
                  {events.map((item) => (
                    <Line.Item key={item.id} bullet={<EventIcon event={item.event} />}>
                      <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
                        {capitalized(eventWords(item.event))}
                        {item.experienceUid && (
                          <>
                            {' '}
                            <Anchor
                              component={Link}
                              to={experienceLink({ uid: item.experienceUid, workspace })}
                              inherit
                            >
                              {titleOf({ title: titles.get(item.experienceUid), uid: item.experienceUid })}
                            </Anchor>
                          </>
                        )}
                      </Text>
                      <Text size="xs" c="dimmed">
                        <Anchor
                          component={Link}
                          to={logLink({ jimerUid: uid, id: item.id, workspace })}
                          inherit
                          c="dimmed"
                          display="inline-block"
                          lh="24px"
                          aria-label={`Show the event of ${CLOCK.format(new Date(item.time))}`}
                        >
                          <time dateTime={item.time}>{CLOCK.format(new Date(item.time))}</time>
                        </Anchor>
                      </Text>
                    </Line.Item>
                  ))}
                </Line>
              </Fragment>
            ))
          )
        }
      </Loaded>
      <More more={list.more} loading={list.loadingMore} />
    </Card>
  );
}

/** Groups the list, in its order, by the days of the viewer's time zone. */
function byDay(items: readonly Item[]): [string, Item[]][] {
  const days = new Map<string, Item[]>();
  for (const item of items) {
    const day = DAY.format(new Date(item.time));
    const events = days.get(day);
    if (events) events.push(item);
    else days.set(day, [item]);
  }
  return [...days];
}
