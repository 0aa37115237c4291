import { answered, ifMatch, ReadApiProblem } from '@app/client';
import { useQuery, type QueryClient } from '@tanstack/react-query';
import { useList } from '../../api/use-list';
import { useSession, type Api } from '../../session/session';
import type { FeedbackStatus } from '../../shared/feedback-status';
import { asQuery, type Filters } from './filters';
import { FIELDS, sameValue, type Feedback, type FeedbackItem, type Triage } from './triage';
import { readOwnWrites, wrote } from './written';

const PAGE = 25;

export const BOARD_KEY = ['feedback', 'board'] as const;
/** Without a workspace, the key matches the item's queries in all workspaces. */
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
      // A read that began before a change was stored must not revert it on the screen.
      const known = client.getQueryData<FeedbackItem>(queryKey);
      return known && known.version > item.version ? known : item;
    },
  });
}

/** Replaces the item in every query that holds it. */
async function show(queries: QueryClient, item: FeedbackItem): Promise<void> {
  const queryKey = itemKey(item.uid);
  await queries.cancelQueries({ queryKey });
  queries.setQueriesData<FeedbackItem>({ queryKey }, (old) =>
    old?.workspace === item.workspace ? item : old,
  );
}

/** The current item, read from the API; null if it no longer exists. */
export async function readCurrent(api: Api, queries: QueryClient, at: Located): Promise<FeedbackItem | null> {
  try {
    const item = await readItem(api, at);
    await show(queries, item);
    return item;
  } catch (error) {
    if (error instanceof ReadApiProblem && error.kind === 'not-found') return null;
    throw error;
  }
}

/** Reloads an item that is on the screen. */
export function refreshItem(queries: QueryClient, uid: string): void {
  void queries.invalidateQueries({ queryKey: itemKey(uid) });
}

/** The outcome of sending a change. */
export type Sent =
  | { readonly is: 'stored'; readonly item: FeedbackItem }
  /** Another person changed the item first; `item` is the current one. */
  | { readonly is: 'outdated'; readonly item: FeedbackItem }
  | { readonly is: 'refused'; readonly error: ReadApiProblem }
  /** Not stored, or stored without a response. Sending it again for the same version is idempotent. */
  | { readonly is: 'unanswered'; readonly error: unknown };

const REFUSALS: readonly ReadApiProblem['kind'][] = [
  'invalid',
  'unauthorized',
  'forbidden',
  'not-found',
  'conflict',
];

/** Sends a change that is based on the version in `item`. */
export async function send(
  api: Api,
  queries: QueryClient,
  item: Feedback,
  { tags, ...change }: Partial<Triage>,
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
    // The old and the new target list what was merged into them.
    if (item.mergedInto !== stored.mergedInto)
      for (const other of [item.mergedInto, stored.mergedInto])
        if (other !== null) refreshItem(queries, other);
    return { is: 'stored', item: stored };
  } catch (error) {
    if (!(error instanceof ReadApiProblem)) return { is: 'unanswered', error };
    if (error.kind !== 'outdated')
      return REFUSALS.includes(error.kind) ? { is: 'refused', error } : { is: 'unanswered', error };
    try {
      const now = await readCurrent(api, queries, { uid, workspace });
      return now === null ? { is: 'refused', error } : { is: 'outdated', item: now };
    } catch (unread) {
      return { is: 'unanswered', error: unread };
    }
  }
}

/** Whether an item already has all values of a change, so that the change was stored or is not needed. */
export const hasAll = (item: Triage, change: Partial<Triage>): boolean =>
  FIELDS.every((field) => change[field] === undefined || sameValue(field, change[field], item[field]));
