import { answered } from '@app/client';
import { Anchor, Card, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { useSession, type Schemas } from '../../session/session';
import { CHART } from '../../shared/chart-colors';
import { STATUS_LABELS } from '../../shared/feedback-status';
import { feedbackLink } from '../../shared/links';
import { count, counted } from '../../shared/numbers';
import { Empty, Loaded } from '../../shared/states';
import { Moment } from '../../shared/time';
import { useChanges } from '../../stream/use-changes';

type Summary = Schemas['FeedbackSummaryDto'];
type Status = (typeof OPEN)[number]['status'];

/** The statuses of open items, in the order of the board. */
const OPEN = [
  { status: 'new', color: CHART.orange },
  { status: 'under-review', color: CHART.grape },
  { status: 'planned', color: CHART.indigo },
  { status: 'in-progress', color: CHART.teal },
] as const;

export function Backlog() {
  const { api } = useSession();
  const query = useQuery({
    queryKey: ['feedback', 'summary'],
    queryFn: ({ signal }) => answered(api.GET('v1/feedback/summary', { signal })),
  });
  useChanges({ kind: 'feedback' }, () => void query.refetch());
  return (
    <Card withBorder component="section" aria-labelledby="backlog" h="100%">
      <Title order={2} size="h4" id="backlog">
        Open feedback
      </Title>
      <Loaded what="the backlog" data={query.data} error={query.error} retry={() => void query.refetch()}>
        {(summary) => <Summed summary={summary} />}
      </Loaded>
    </Card>
  );
}

function Summed({ summary }: { summary: Summary }) {
  const itemsOf = (status: Status): number => summary.byStatus?.[status] ?? 0;
  const open = OPEN.reduce((sum, { status }) => sum + itemsOf(status), 0);
  if (summary.items === 0) {
    return <Empty title="No feedback yet">Requests appear here as soon as a user submits one.</Empty>;
  }
  const { oldestUntriaged: oldest } = summary;
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {count(open)} of {counted(summary.items, 'item')} open.
      </Text>
      {OPEN.map(({ status, color }) => (
        <div key={status}>
          <Group justify="space-between" mb={4}>
            <Anchor component={Link} to="/feedback" size="sm" underline="hover">
              {STATUS_LABELS[status]}
            </Anchor>
            <Text size="sm" fw={600}>
              {count(itemsOf(status))}
            </Text>
          </Group>
          <Progress
            value={open === 0 ? 0 : (100 * itemsOf(status)) / open}
            color={color}
            aria-label={`${STATUS_LABELS[status]}: ${itemsOf(status)} of ${open}`}
          />
        </div>
      ))}
      {oldest && (
        <Text size="sm">
          The oldest item without triage is from{' '}
          <Anchor component={Link} to={feedbackLink(oldest)} inherit>
            <Moment at={oldest.createdAt} relative />
          </Anchor>
          .
        </Text>
      )}
    </Stack>
  );
}
