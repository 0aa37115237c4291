import { answered } from '@app/client';
import { useThrottledCallback } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useSession, type Schemas } from '../../session/session';
import { explain } from '../../shared/states';
import { useChanges, type ChangeFilter, type Liveness } from '../../stream/use-changes';
import { endOf, followedFrom, leavesOut } from './followed';

export type LogEvent = Schemas['LogEventDto'];

/** The filters of the search, as the API names them. */
export interface LogFilters {
  readonly jimerUid?: string;
  readonly experienceUid?: string;
  readonly requestUid?: string;
  readonly id?: string;
  readonly event?: string;
  readonly from?: string;
  readonly to?: string;
  readonly position?: string;
  readonly q?: string;
  readonly workspace?: string;
}

/** Pages without a find that are read one after the other before somebody has to ask for more. */
const MOST_EMPTY_PAGES = 10;

/** Whether new events are followed, and from which end of the log on. */
export function useFollowing(workspace: string | undefined) {
  const { api } = useSession();
  const queries = useQueryClient();
  const [since, setSince] = useState<string | null>(null);
  const begin = useMutation({
    mutationFn: () =>
      answered(api.GET('v1/log', { params: { query: { ...(workspace && { workspace }), limit: 1 } } })),
    onSuccess: (newest) => setSince(endOf(newest)),
    onError: (error) =>
      notifications.show({ color: 'red', title: 'Could not follow the log', message: explain(error) }),
  });
  return {
    since,
    isBeginning: begin.isPending,
    follow: (isWanted: boolean) => {
      if (isWanted) return begin.mutate();
      // Searches from before the log was followed lack the events that were appended meanwhile.
      queries.removeQueries({ queryKey: ['log'], type: 'inactive' });
      setSince(null);
    },
  };
}

/**
 * What a search of the log has found so far, and how far it has come.
 *
 * @param since the end of the log from which on new events are followed; null where they are not
 */
export function useLog(filters: LogFilters, since: string | null) {
  const { api } = useSession();
  const query = useInfiniteQuery({
    // Searched anew once that end is known: nothing is between the search and what `useFollowed` finds.
    queryKey: ['log', filters, since],
    queryFn: ({ pageParam, signal }) =>
      answered(
        api.GET('v1/log', {
          params: { query: { ...filters, ...(pageParam !== null && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    staleTime: Infinity,
    retry: false,
  });
  const { data, hasNextPage, isFetching, fetchNextPage } = query;
  const items = useMemo(() => data?.pages.flatMap((page) => page.items), [data]);
  const goesOn = hasNextPage && items?.length === 0 && data!.pages.length < MOST_EMPTY_PAGES;
  useEffect(() => {
    if (goesOn && !isFetching) void fetchNextPage();
  }, [goesOn, isFetching, fetchNextPage]);
  return {
    items,
    error: query.error,
    retry: () => void query.refetch(),
    more: hasNextPage ? () => void fetchNextPage() : null,
    loadingMore: query.isFetchingNextPage || goesOn,
    progress: data && {
      scanned: data.pages.reduce((sum, { scanned }) => sum + scanned, 0),
      scannedTo: data.pages.findLast(({ scannedTo }) => scannedTo !== null)?.scannedTo ?? null,
      remaining: data.pages.at(-1)!.remaining,
    },
  };
}

const WAIT_MS = 1_000;
/** Followed events that are shown. */
export const MOST_FOLLOWED = 200;

/**
 * Events that were appended while they are followed, newest first.
 *
 * @param since from which end of the log on; null where they are not followed
 */
export function useFollowed(
  filters: LogFilters,
  since: string | null,
): {
  readonly items: readonly LogEvent[];
  /** Whether there were more than are kept. */
  readonly dropped: boolean;
  readonly liveness: Liveness;
} {
  const { api } = useSession();
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ['followed log', filters, since],
    queryFn: ({ signal }) =>
      answered(
        api.GET('v1/log', {
          params: { query: { ...filters, from: followedFrom(since!, filters.from), limit: MOST_FOLLOWED } },
          signal,
        }),
      ),
    enabled: since !== null,
  });
  // There is at most one search a second, however many changes arrive.
  const search = useThrottledCallback(
    () => void queries.invalidateQueries({ queryKey: ['followed log'] }),
    WAIT_MS,
  );
  const { jimerUid, experienceUid, workspace } = filters;
  const filter: ChangeFilter = {
    ...(jimerUid && { jimerUid }),
    ...(experienceUid && { experienceUid }),
    ...(workspace && { workspace }),
  };
  const liveness = useChanges(filter, () => {
    if (since !== null) search();
  });
  if (since === null || !data) return { items: [], dropped: false, liveness };
  return { items: data.items, dropped: leavesOut(data, since), liveness };
}
