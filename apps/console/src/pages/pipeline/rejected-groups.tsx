import { answered } from '@app/client';
import { Alert, Anchor, Button, Group, Table, Text } from '@mantine/core';
import { IconFilter, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useSession, type Schemas } from '../../session/session';
import { count, counted } from '../../shared/numbers';
import { scrolledWithKeys } from '../../shared/plain-table';
import { Failed } from '../../shared/states';
import { Moment } from '../../shared/time';
import { useQueryState, useWorkspace } from '../../shared/use-query-state';
import type { RejectedKind } from '../../shared/rejected-kinds';
import { useShownState } from './decision-states';

type Summary = Schemas['SetAsideSummaryDto'];

/** The filter of the list, from the address. */
export function useRejectedFilter(): { readonly event?: string; readonly problem?: string } {
  const { get } = useQueryState();
  const [event, problem] = [get('event'), get('problem')];
  return { ...(event && { event }), ...(problem && { problem }) };
}

export function useRejectedSummary(kind: RejectedKind) {
  const { api } = useSession();
  const { ofWorkspace } = useWorkspace();
  const state = useShownState();
  return useQuery({
    queryKey: ['rejected', kind, 'summary', state, ofWorkspace],
    queryFn: ({ signal }) =>
      answered(api.GET(`v1/${kind}/summary`, { params: { query: { state, ...ofWorkspace } }, signal })),
  });
}

/** How many events in this state match the filter; null until the summary has loaded. */
export function countOf(
  summary: Summary | undefined,
  filter: ReturnType<typeof useRejectedFilter>,
): number | null {
  if (!summary) return null;
  if (filter.event === undefined && filter.problem === undefined) return summary.total;
  return summary.groups
    .filter(
      ({ event, problem }) =>
        (filter.event === undefined || filter.event === event) &&
        (filter.problem === undefined || filter.problem === problem),
    )
    .reduce((sum, group) => sum + group.count, 0);
}

/** Counts by name and reason; a click on a group filters the list below. */
export function RejectedGroups({ kind }: { kind: RejectedKind }) {
  const { set } = useQueryState();
  const filter = useRejectedFilter();
  const { data, error, refetch } = useRejectedSummary(kind);
  if (!data) return error ? <Failed error={error} what="the summary" retry={() => void refetch()} /> : null;
  const { total, groups } = data;
  if (total === 0) return null;
  const listed = groups.reduce((sum, group) => sum + group.count, 0);
  const isFiltered = filter.event !== undefined || filter.problem !== undefined;
  return (
    <>
      <Text size="sm" fw={600}>
        {counted(total, 'event')} in {counted(groups.length, 'group')}
        {listed < total && `, and ${count(total - listed)} in smaller groups`}
      </Text>
      <Table.ScrollContainer minWidth={560} mah={360} scrollAreaProps={scrolledWithKeys('Groups')}>
        <Table aria-label="Groups" stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Event</Table.Th>
              {kind === 'quarantine' && <Table.Th>Reason</Table.Th>}
              <Table.Th ta="right">Events</Table.Th>
              <Table.Th>Newest</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {groups.map(({ event, problem, count: size, lastReceivedAt }) => (
              <Table.Tr key={JSON.stringify([event, problem])}>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>
                  {event === null ? (
                    'Unnamed event'
                  ) : (
                    <Anchor
                      component="button"
                      type="button"
                      ta="left"
                      onClick={() => set({ event, problem })}
                    >
                      {event}
                    </Anchor>
                  )}
                </Table.Td>
                {kind === 'quarantine' && (
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>{problem ?? '–'}</Table.Td>
                )}
                <Table.Td ta="right">{count(size)}</Table.Td>
                <Table.Td>{lastReceivedAt && <Moment at={lastReceivedAt} relative />}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {isFiltered && (
        <Alert color="blue" variant="light" icon={<IconFilter />} title="Filtered by group">
          <Group justify="space-between">
            <Text size="sm" className="breaks-words">
              {[filter.event, filter.problem].filter(Boolean).join(' · ')}
            </Text>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconX size={14} aria-hidden />}
              onClick={() => set({ event: null, problem: null })}
            >
              Show all
            </Button>
          </Group>
        </Alert>
      )}
    </>
  );
}
