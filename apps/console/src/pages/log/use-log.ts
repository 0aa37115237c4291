import { answered } from '@app/client';
import { useThrottledCallback } from '@mantine/hooks';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useSession, type Schemas } from '../../session/session';
import { useChanges, type ChangeFilter, type Liveness } from '../../stream/use-changes';

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

/** What a search of the log has found so far, and how far it has come. */
export function useLog(filters: LogFilters) {
  const { api } = useSession();
  const query = useInfiniteQuery({
    queryKey: ['log', filters],
    queryFn: ({ pageParam, signal }) =>
      answered(
        api.GET('v1/log', {
          params: { query: { ...filters, ...(pageParam !== null && { cursor: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    // What was appended since is read by `useFollowed`: the pages of a search stay as they are.
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

/**
 * Events that were appended while they are followed, newest first.
 *
 * @param since from when on; null where they are not followed
 */
export function useFollowed(
  filters: LogFilters,
  since: string | null,
): { readonly items: readonly LogEvent[]; readonly liveness: Liveness } {
  const { api } = useSession();
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: ['followed log', filters, since],
    queryFn: ({ signal }) =>
      answered(api.GET('v1/log', { params: { query: { ...filters, from: since!, limit: 200 } }, signal })),
    enabled: since !== null,
  });
  // Of many changes, one search a second.
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
  return { items: since === null ? [] : (data?.items ?? []), liveness };
}
