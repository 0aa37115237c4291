import { ReadApiProblem } from '@app/client';
import { Group, SegmentedControl, Switch } from '@mantine/core';
import { useInfiniteQuery, type QueryKey } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Page } from '../../layout/page';
import { CopyLink } from '../../shared/copy-link';
import { Loaded, Missing } from '../../shared/states';
import { useQueryState } from '../../shared/use-query-state';
import { Evidence } from './evidence';
import type { Explanation, Model, Row } from './explanation';
import { NotApplied } from './not-applied';
import { Verdict } from './verdict';

const ORDERS = ['log', 'time'] as const;

/** What to ask the API for, to spread into its query. */
interface Asked {
  readonly order: (typeof ORDERS)[number];
  readonly cursor?: string;
  readonly scan?: boolean;
}

/**
 * The page of a row's evidence.
 *
 * @param title a question, which may name what the row says
 * @param of the row as the object of a sentence: "the profile of Ada"
 * @param ask fetches a page of the explanation
 */
export function WhyPage({
  title,
  of,
  model,
  back,
  queryKey,
  ask,
}: {
  title: string | ((row: Row | null) => string);
  of: string;
  model: Model;
  back: { readonly to: string; readonly label: string };
  queryKey: QueryKey;
  ask: (asked: Asked, signal: AbortSignal) => Promise<Explanation>;
}) {
  const { get, set, oneOf } = useQueryState();
  const order = oneOf('order', ORDERS);
  const scan = get('scan') === 'true';
  const query = useInfiniteQuery({
    queryKey: [...queryKey, 'explain', order, scan],
    queryFn: ({ pageParam, signal }) =>
      ask({ order, ...(scan && { scan }), ...(pageParam !== null && { cursor: pageParam }) }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
  const { data, error } = query;
  const explanation = useMemo(() => {
    const [first] = data?.pages ?? [];
    return first && { ...first, events: data!.pages.flatMap(({ events }) => events) };
  }, [data]);
  const isMissing =
    !explanation &&
    error instanceof ReadApiProblem &&
    (error.kind === 'not-found' || error.kind === 'invalid');
  return (
    <Page
      title={typeof title === 'string' ? title : title(explanation?.row ?? null)}
      back={back}
      lead="The events in the log that made it, and what each of them contributed."
      aside={<CopyLink />}
    >
      {isMissing ? (
        <Missing title="There is nothing to explain at this address" to={back.to} label="Go back">
          It may be in a workspace that your token does not see, or the person may have been erased.
        </Missing>
      ) : (
        <Loaded
          what={`the evidence of ${of}`}
          data={explanation}
          error={error}
          retry={() => void query.refetch()}
        >
          {(explained) => (
            <>
              <Verdict explanation={explained} />
              <Group gap="xl" align="flex-start">
                <SegmentedControl
                  aria-label="Order of the events"
                  value={order}
                  onChange={(next) => set({ order: next === 'log' ? null : next })}
                  data={[
                    { value: 'log', label: 'As they arrived' },
                    { value: 'time', label: 'As they happened' },
                  ]}
                />
                <Switch
                  checked={scan}
                  onChange={({ currentTarget }) => set({ scan: currentTarget.checked ? 'true' : null })}
                  label="Search the log instead of using the timeline"
                  description="Slower. It also finds events that are missing from the timeline."
                />
              </Group>
              <Evidence
                explanation={explained}
                model={model}
                more={query.hasNextPage ? () => void query.fetchNextPage() : null}
                loadingMore={query.isFetchingNextPage}
              />
              <NotApplied explanation={explained} />
            </>
          )}
        </Loaded>
      )}
    </Page>
  );
}
