import { useInfiniteQuery, type InfiniteData, type QueryKey } from '@tanstack/react-query';
import { useMemo } from 'react';

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/**
 * A paged list of the API: the `items` loaded so far, and `more` while there are further pages.
 *
 * @param ask fetches the page at `next` (`{}` or `{ cursor }`, to spread into the query)
 */
export function useList<T>(
  key: QueryKey,
  ask: (next: { cursor?: string }, signal: AbortSignal) => Promise<Page<T>>,
  options: {
    readonly refetchInterval?: number;
    readonly enabled?: boolean;
    /** `keepPreviousData` keeps the previous result visible until the next has loaded. */
    readonly placeholderData?: (
      before: InfiniteData<Page<T>, string | null> | undefined,
    ) => InfiniteData<Page<T>, string | null> | undefined;
  } = {},
) {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => ask(pageParam === null ? {} : { cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    ...options,
  });
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items), [query.data]);
  return {
    items,
    error: query.error,
    retry: () => void query.refetch(),
    more: query.hasNextPage ? () => void query.fetchNextPage() : null,
    loadingMore: query.isFetchingNextPage,
  };
}
