import { useInfiniteQuery, type InfiniteData, type QueryKey } from '@tanstack/react-query';
import { useMemo } from 'react';

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/**
 * A list of the API, page by page: `items` so far, and `more` while there is more.
 *
 * @param ask asks for the page at `next` (`{}` or `{ cursor }`, to be spread into the query)
 */
export function useList<T>(
  key: QueryKey,
  ask: (next: { cursor?: string }, signal: AbortSignal) => Promise<Page<T>>,
  options: {
    readonly refetchInterval?: number;
    readonly enabled?: boolean;
    /** `keepPreviousData`: what was found before stays in sight until the next is there. */
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
