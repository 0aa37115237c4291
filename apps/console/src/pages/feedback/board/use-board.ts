import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useSession } from '../../../session/session';
import { FEEDBACK_STATUSES, type FeedbackStatus } from '../../../shared/feedback-status';
import { useChanges, type Change, type Liveness } from '../../../stream/use-changes';
import type { Filters } from '../filters';
import { Moves } from './moves';
import { counted, placed, type Known, type Placed } from './placed';
import { refreshItem, useColumns, useSummary, type Columns } from '../queries';
import { useRefresh } from './use-refresh';

export interface BoardState {
  readonly columns: Columns;
  readonly items: Placed;
  readonly counts: Readonly<Record<FeedbackStatus, string | null>>;
  readonly known: ReadonlyMap<string, Known>;
  readonly moves: Moves;
  readonly liveness: Liveness;
  /** The last action, for screen readers. */
  readonly announced: string;
  /** The summary of all projects. */
  readonly everything: ReturnType<typeof useSummary>;
  readonly refresh: () => void;
}

/** The filtered board, with this tab's moves and everyone else's. */
export function useBoard(filters: Filters): BoardState {
  const { api } = useSession();
  const queries = useQueryClient();
  const [announced, announce] = useState('');
  // `Moves` and `useRefresh` need each other.
  const reading = useRef<() => () => void>(() => () => undefined);
  const refresh = useRefresh(useCallback(() => reading.current(), []));
  const moves = useMemo(() => new Moves(api, queries, announce, refresh), [api, queries, refresh]);
  useEffect(() => {
    reading.current = () => moves.reading();
  }, [moves]);
  const known = useSyncExternalStore(moves.subscribe, moves.get);
  // Opening an item changes the address but not the filters.
  const sameFilters = JSON.stringify(filters);
  useEffect(() => moves.forget(), [moves, sameFilters]);

  const liveness = useChanges(
    { kind: 'feedback', ...(filters.workspace !== null && { workspace: filters.workspace }) },
    (changes: readonly Change[] | null) => {
      refresh();
      if (changes === null) return void queries.invalidateQueries({ queryKey: ['feedback', 'item'] });
      const uids = new Set(changes.flatMap(({ requestUid }) => (requestUid === null ? [] : [requestUid])));
      moves.changed(uids);
      for (const uid of uids) refreshItem(queries, uid);
    },
  );

  const columns = useColumns(filters);
  const everything = useSummary(filters.workspace, null);
  const summary = useSummary(filters.workspace, filters.project);
  const items = useMemo(
    () =>
      placed(
        Object.fromEntries(FEEDBACK_STATUSES.map((status) => [status, columns[status].items])) as Parameters<
          typeof placed
        >[0],
        known,
        filters,
      ),
    [columns, known, filters],
  );
  const counts = countsOf(filters, summary, columns, items, known);
  return { columns, items, counts, known, moves, liveness, announced, everything, refresh };
}

/** Counts from the summary where it has them; otherwise the number of loaded items, with a plus while there are more. */
function countsOf(
  filters: Filters,
  { data, error }: ReturnType<typeof useSummary>,
  columns: Columns,
  items: Placed,
  known: ReadonlyMap<string, Known>,
): Record<FeedbackStatus, string | null> {
  const { tag, assignee, q, merged } = filters;
  const inSummary = assignee === null && q === null && merged === 'hidden';
  const whole = inSummary
    ? tag === null
      ? data?.byStatus
      : data?.tags.find((one) => one.tag === tag)?.byStatus
    : undefined;
  const exact = whole && counted(whole, known.values());
  const of = (status: FeedbackStatus): string | null => {
    if (exact) return exact[status].toLocaleString();
    if (inSummary && !data && !error) return null;
    if (!columns[status].items) return null;
    return `${items[status].length.toLocaleString()}${columns[status].more ? '+' : ''}`;
  };
  return Object.fromEntries(FEEDBACK_STATUSES.map((status) => [status, of(status)])) as Record<
    FeedbackStatus,
    string | null
  >;
}
