import { answered } from '@app/client';
import { Anchor, Card, Text, Timeline, Title } from '@mantine/core';
import { Link } from 'react-router';
import { useList } from '../../api/use-list';
import { useSession, type Schemas } from '../../session/session';
import { EventIcon } from '../../shared/event-icon';
import { changeWords } from '../../shared/event-words';
import { personOf, titleOf } from '../../shared/experience';
import { experienceLink } from '../../shared/links';
import { More } from '../../shared/more';
import { Empty, Loaded } from '../../shared/states';
import { Moment } from '../../shared/time';
import { useChanges } from '../../stream/use-changes';

/** Midnight in the viewer's time zone. */
function startOfDay(): string {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  return day.toISOString();
}

/** Today's changes that the team made to experiences. */
export function Today() {
  const { api } = useSession();
  const from = startOfDay();
  const list = useList<Schemas['LifecycleEventDto']>(['lifecycle', from], (next, signal) =>
    answered(api.GET('v1/lifecycle', { params: { query: { from, limit: 10, ...next } }, signal })),
  );
  useChanges({ kind: 'lifecycle' }, list.retry);
  return (
    <Card withBorder component="section" aria-labelledby="today" h="100%">
      <Title order={2} size="h4" id="today" mb="sm">
        Changed today
      </Title>
      <Loaded what="today’s changes" data={list.items} error={list.error} retry={list.retry}>
        {(events) =>
          events.length === 0 ? (
            <Empty title="No changes today">
              Nobody has created, published, paused or deleted an experience since midnight.
            </Empty>
          ) : (
            <Timeline bulletSize={24} lineWidth={2} active={-1} aria-labelledby="today">
              {events.map((item) => (
                <Timeline.Item key={item.id} bullet={<EventIcon event={item.event} />}>
                  <Text size="sm" component="div" style={{ overflowWrap: 'anywhere' }}>
                    <bdi>{personOf(item.user) ?? 'Somebody'}</bdi> {changeWords(item)}{' '}
                    <Anchor
                      component={Link}
                      to={experienceLink({ uid: item.experienceUid, workspace: item.workspace })}
                      inherit
                    >
                      {titleOf({ title: item.title, uid: item.experienceUid })}
                    </Anchor>
                  </Text>
                  <Text size="xs" c="dimmed">
                    <Moment at={item.time} relative />
                  </Text>
                </Timeline.Item>
              ))}
            </Timeline>
          )
        }
      </Loaded>
      <More more={list.more} loading={list.loadingMore} />
    </Card>
  );
}
