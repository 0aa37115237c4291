import { answered, ifMatch, ReadApiProblem } from '@app/client';
import { useQuery, type QueryClient } from '@tanstack/react-query';
import { useList } from '../../api/use-list';
import { useSession, type Api } from '../../session/session';
import type { FeedbackStatus } from '../../shared/feedback-status';
import { asQuery, type Filters } from './filters';
import { FIELDS, sameValue, type Feedback, type FeedbackItem, type Standing } from './standing';
import { readOwnWrites, wrote } from './written';

const PAGE = 25;

export const BOARD_KEY = ['feedback', 'board'] as const;
/** An item may be asked for with or without its workspace. */
const itemKey = (uid: string, ...workspace: readonly [(string | null)?]) => [
  'feedback',
  'item',
  uid,
  ...workspace,
];

type List = ReturnType<typeof useList<Feedback>>;
export type Columns = Readonly<Record<FeedbackStatus, List>>;

function useColumn(filters: Filters, status: FeedbackStatus): List {
  const { api } = useSession();
  return useList<Feedback>([...BOARD_KEY, 'column', filters, status], (next, signal) =>
    readOwnWrites((header) =>
      answered(
        api.GET('v1/feedback', {
          params: { header, query: { ...asQuery(filters), status: [status], limit: PAGE, ...next } },
          signal,
        }),
      ),
    ),
  );
}

export function useColumns(filters: Filters): Columns {
  return {
    new: useColumn(filters, 'new'),
    'under-review': useColumn(filters, 'under-review'),
    planned: useColumn(filters, 'planned'),
    'in-progress': useColumn(filters, 'in-progress'),
    done: useColumn(filters, 'done'),
    declined: useColumn(filters, 'declined'),
  };
}

export function useSummary(workspace: string | null, project: string | null) {
  const { api } = useSession();
  return useQuery({
    queryKey: [...BOARD_KEY, 'summary', workspace, project],
    queryFn: ({ signal }) =>
      readOwnWrites((header) =>
        answered(
          api.GET('v1/feedback/summary', {
            params: {
              header,
              query: {
                ...(workspace !== null && { workspace }),
                ...(project !== null && { projectUid: project }),
              },
            },
            signal,
          }),
        ),
      ),
  });
}

interface Located {
  readonly uid: string;
  readonly workspace: string | null;
}

const inWorkspace = (workspace: string | null) => (workspace === null ? {} : { workspace });

const readItem = (api: Api, { uid, workspace }: Located, signal?: AbortSignal): Promise<FeedbackItem> =>
  readOwnWrites((header) =>
    answered(
      api.GET('v1/feedback/{uid}', {
        params: { header, path: { uid }, query: inWorkspace(workspace) },
        ...(signal && { signal }),
      }),
    ),
  );

export function useItem(at: Located) {
  const { api } = useSession();
  return useQuery({
    queryKey: itemKey(at.uid, at.workspace),
    queryFn: async ({ signal, client, queryKey }) => {
      const item = await readItem(api, at, signal);
      // A read that began before a change was answered must not undo it on the screen.
      const known = client.getQueryData<FeedbackItem>(queryKey);
      return known && known.version > item.version ? known : item;
    },
  });
}

/** Shows the item as it is told here, wherever it is shown. */
async function show(queries: QueryClient, item: FeedbackItem): Promise<void> {
  const queryKey = itemKey(item.uid);
  await queries.cancelQueries({ queryKey });
  queries.setQueriesData<FeedbackItem>({ queryKey }, (old) =>
    old?.workspace === item.workspace ? item : old,
  );
}

/** The item as it stands now, whatever was known before; null when there is none any more. */
export async function readAnew(api: Api, queries: QueryClient, at: Located): Promise<FeedbackItem | null> {
  try {
    const item = await readItem(api, at);
    await show(queries, item);
    return item;
  } catch (error) {
    if (error instanceof ReadApiProblem && error.kind === 'not-found') return null;
    throw error;
  }
}

/** Reads an item anew that is shown. */
export function refreshItem(queries: QueryClient, uid: string): void {
  void queries.invalidateQueries({ queryKey: itemKey(uid) });
}

/** What came of a change that was sent. */
export type Sent =
  | { readonly is: 'stored'; readonly item: FeedbackItem }
  /** Another was faster: this is how it stands now. */
  | { readonly is: 'outdated'; readonly item: FeedbackItem }
  | { readonly is: 'refused'; readonly error: ReadApiProblem }
  /** Not stored, or stored without an answer. Sending it again for the same version changes nothing twice. */
  | { readonly is: 'unanswered'; readonly error: unknown };

const REFUSALS: readonly ReadApiProblem['kind'][] = [
  'invalid',
  'unauthorized',
  'forbidden',
  'not-found',
  'conflict',
];

/** Sends a change of the item as it is in `item`. */
export async function send(
  api: Api,
  queries: QueryClient,
  item: Feedback,
  { tags, ...change }: Partial<Standing>,
  actor: string | null,
): Promise<Sent> {
  const { uid, workspace } = item;
  try {
    const { position, ...stored } = await answered(
      api.PATCH('v1/feedback/{uid}', {
        params: { path: { uid }, query: { workspace }, header: ifMatch(item.version) },
        body: { ...change, ...(tags && { tags: [...tags] }), ...(actor !== null && { actor }) },
      }),
    );
    wrote(position);
    await show(queries, stored);
    // Those that it was merged into, and is now, tell what was merged into them.
    if (item.mergedInto !== stored.mergedInto)
      for (const other of [item.mergedInto, stored.mergedInto])
        if (other !== null) refreshItem(queries, other);
    return { is: 'stored', item: stored };
  } catch (error) {
    if (!(error instanceof ReadApiProblem)) return { is: 'unanswered', error };
    if (error.kind !== 'outdated')
      return REFUSALS.includes(error.kind) ? { is: 'refused', error } : { is: 'unanswered', error };
    try {
      const now = await readAnew(api, queries, { uid, workspace });
      return now === null ? { is: 'refused', error } : { is: 'outdated', item: now };
    } catch (unread) {
      return { is: 'unanswered', error: unread };
    }
  }
}

/** Whether an item stands as a change would leave it: then the change was stored, or needs not be. */
export const hasAll = (item: Standing, change: Partial<Standing>): boolean =>
  FIELDS.every((field) => change[field] === undefined || sameValue(field, change[field], item[field]));
