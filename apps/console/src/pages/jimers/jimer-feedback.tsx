import { answered } from '@app/client';
import { Anchor, Card, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { useList } from '../../api/use-list';
import { useSession, type Schemas } from '../../session/session';
import { FeedbackStatusBadge } from '../../shared/feedback-status';
import { feedbackLink } from '../../shared/links';
import { More } from '../../shared/more';
import { Loaded } from '../../shared/states';
import { Moment } from '../../shared/time';
import { titleOf } from '../../shared/request-text';

/** The feedback that one user submitted. Renders nothing if there is none. */
export function JimerFeedback({ jimer }: { jimer: Schemas['JimerDto'] }) {
  const { api } = useSession();
  const { uid, workspace } = jimer;
  const list = useList<Schemas['FeedbackDto']>(['jimer', uid, 'feedback', workspace], (next, signal) =>
    answered(
      api.GET('v1/feedback', {
        params: { query: { jimerUid: uid, workspace, limit: 20, ...next } },
        signal,
      }),
    ),
  );
  if (list.items?.length === 0) return null;
  return (
    <section aria-labelledby="feedback">
      <Title order={2} size="h4" id="feedback" mt="lg" mb="xs">
        Feedback
      </Title>
      <Loaded what="feedback" data={list.items} error={list.error} retry={list.retry}>
        {(items) => (
          <Stack gap="xs">
            {items.map((item) => (
              <Card withBorder key={item.uid} padding="sm">
                <Group justify="space-between" wrap="nowrap" align="flex-start">
                  <Anchor component={Link} to={feedbackLink(item)} lineClamp={2} className="breaks-words">
                    {titleOf(item)}
                  </Anchor>
                  <FeedbackStatusBadge status={item.status} />
                </Group>
                <Text size="xs" c="dimmed">
                  {item.createdAt && <Moment at={item.createdAt} relative />}
                </Text>
              </Card>
            ))}
          </Stack>
        )}
      </Loaded>
      <More more={list.more} loading={list.loadingMore} />
    </section>
  );
}
