import { Text } from '@mantine/core';
import { count } from './numbers';
import { PlainTable } from './plain-table';
import type { SystemHealth } from './system-health';
import { Moment } from './time';

/** The requests that the gateway refused, with reasons. */
export function Refusals({ refusals }: { refusals: NonNullable<SystemHealth['refusals']> }) {
  if (refusals.groups.length === 0)
    return (
      <Text size="sm">
        No requests refused since <Moment at={refusals.since} />.
      </Text>
    );
  return (
    <>
      <PlainTable
        label="Refused requests"
        minWidth={560}
        head={['Last', 'Requests', 'Status', 'Reason', 'Workspace']}
        rows={refusals.groups.map(({ workspace, status, reason, count: requests, lastAt }) => [
          <Moment key="last" at={lastAt} relative />,
          count(requests),
          status,
          reason,
          workspace ?? 'none (no valid token)',
        ])}
      />
      <Text size="xs" c="dimmed">
        Counted since <Moment at={refusals.since} />, when the gateway started.
      </Text>
    </>
  );
}
