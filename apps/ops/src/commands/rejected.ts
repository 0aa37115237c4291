import type { Pool } from 'pg';

import { CannotStart } from '../start/choose-port';
import { eventIds } from './ids';
import { say, table } from './output';
import { runningSystem } from './running-system';
import { withPool, type Where } from './with-pool';

export type RejectedKind = 'quarantine' | 'unrecognized';

/** The chosen events. Default: all open ones. */
export interface Choice {
  readonly event?: string;
  readonly workspace?: string;
}

/** The API's limit per request. */
const AT_ONCE = 100;
const SAID_EVERY_MS = 2_000;

/** The reason: path and message of the first problem. */
const REASON = `coalesce(nullif(concat_ws(' ', problems::jsonb #>> '{0,path}', problems::jsonb #>> '{0,message}'), ''), 'unknown event')`;
const WAITING = `topic = $1 AND replayed_at IS NULL AND discarded_at IS NULL
  AND ($2::text IS NULL OR event_name = $2) AND ($3::text IS NULL OR workspace = $3)`;
const chosen = (kind: RejectedKind, { event, workspace }: Choice): unknown[] => [
  kind,
  event ?? null,
  workspace ?? null,
];

/** Counts open rejected events by event and reason. */
export function totals(
  kind: RejectedKind,
  options: Where & Choice & { readonly json: boolean },
): Promise<number> {
  return withPool(options, async (pool) => {
    const { rows } = await pool.query<Record<string, string>>(
      `SELECT count(*)::text AS count, coalesce(event_name, '(none)') AS event, ${REASON} AS reason, workspace,
              max(received_at)::text AS newest
         FROM read_models.set_aside_event WHERE ${WAITING} GROUP BY 2, 3, 4 ORDER BY count(*) DESC, 2, 3, 4`,
      chosen(kind, options),
    );
    const total = rows.reduce((sum, { count }) => sum + Number(count), 0);
    show(rows, ['count', 'event', 'reason', 'workspace', 'newest'], options.json, 'No open events.');
    if (!options.json && total > 0) process.stdout.write(`${total} in all\n`);
    return 0;
  });
}

/** Lists open rejected events, newest first. */
export function list(
  kind: RejectedKind,
  options: Where & Choice & { readonly json: boolean; readonly limit: number },
): Promise<number> {
  return withPool(options, async (pool) => {
    const { rows } = await pool.query<Record<string, string>>(
      `SELECT event_id::text AS id, received_at::text AS received, workspace, coalesce(event_name, '(none)') AS event,
              ${REASON} AS reason
         FROM read_models.set_aside_event WHERE ${WAITING} ORDER BY received_at DESC NULLS LAST, event_id LIMIT $4`,
      [...chosen(kind, options), options.limit],
    );
    show(rows, ['id', 'received', 'workspace', 'event', 'reason'], options.json, 'No open events.');
    return 0;
  });
}

/** Prints one event: its problems, its state, and the event as received. */
export function showOne(kind: RejectedKind, id: string, options: Where): Promise<number> {
  const [known] = eventIds([id]);
  return withPool(options, async (pool) => {
    const { rows } = await pool.query<object>(
      `SELECT event_id AS id, workspace, event_name AS event, occurred_at AS time, received_at AS "receivedAt", problems,
              coalesce(to_jsonb(original), payload::jsonb) AS event_as_received, replayed_at AS "replayedAt",
              accepted_id AS "acceptedId", discarded_at AS "discardedAt", discard_reason AS "discardReason"
         FROM read_models.set_aside_event WHERE topic = $1 AND event_id = $2`,
      [kind, known],
    );
    for (const row of rows) process.stdout.write(`${JSON.stringify(row, null, 2)}\n`);
    if (rows.length === 0) say(`There is no such event in ${kind}: "ops ${kind} list" shows the open ones.`);
    return rows.length > 0 ? 0 : 1;
  });
}

/** Validates events again and appends the accepted ones; the others stay open. */
export function replay(
  kind: RejectedKind,
  ids: readonly string[],
  options: Where & Choice & { readonly all: boolean },
): Promise<number> {
  return inChunks(kind, ids, options, 'replayed', async (chunk, call) => {
    const items = (await call('replay', { ids: chunk })) as readonly {
      readonly id: string;
      readonly outcome: string;
      readonly problems: readonly { readonly path: string; readonly message: string }[];
    }[];
    for (const { id, problems } of items.filter(({ outcome }) => outcome !== 'accepted'))
      say(`${id}: still rejected: ${problems.map(({ path, message }) => `${path} ${message}`).join('; ')}`);
    return items.filter(({ outcome }) => outcome === 'accepted').length;
  });
}

/** Discards events with a reason; they stay in the log. */
export function discard(
  kind: RejectedKind,
  ids: readonly string[],
  options: Where & Choice & { readonly all: boolean; readonly reason: string },
): Promise<number> {
  return inChunks(kind, ids, options, 'discarded', async (chunk, call) => {
    return (await call('discard', { ids: chunk, reason: options.reason })).length;
  });
}

type Call = (action: 'replay' | 'discard', body: object) => Promise<readonly unknown[]>;

async function inChunks(
  kind: RejectedKind,
  ids: readonly string[],
  options: Where & Choice & { readonly all: boolean },
  done: string,
  work: (chunk: readonly string[], call: Call) => Promise<number>,
): Promise<number> {
  if (options.all === ids.length > 0)
    throw new CannotStart(
      'Name the ids of events, or --all for all open events (with --event, of one kind).',
    );
  const chosenIds =
    ids.length > 0 ? eventIds(ids) : await withPool(options, (pool) => waiting(pool, kind, options));
  const call = caller(kind, options);
  let count = 0;
  let said = Date.now();
  for (let from = 0; from < chosenIds.length; from += AT_ONCE) {
    count += await work(chosenIds.slice(from, from + AT_ONCE), call);
    if (Date.now() - said < SAID_EVERY_MS) continue;
    said = Date.now();
    say(`${Math.min(from + AT_ONCE, chosenIds.length)} of ${chosenIds.length}`);
  }
  process.stdout.write(`${count} of ${chosenIds.length} ${done}\n`);
  return count === chosenIds.length ? 0 : 1;
}

async function waiting(pool: Pool, kind: RejectedKind, options: Choice): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>(
    `SELECT DISTINCT event_id::text AS id FROM read_models.set_aside_event WHERE ${WAITING} ORDER BY 1`,
    chosen(kind, options),
  );
  return rows.map(({ id }) => id);
}

/** Calls the read API, which appends the decision and its author to the log. */
function caller(kind: RejectedKind, { dataDir, workspace }: Where & Choice): Call {
  const { READ_API_URL: url, READ_API_TOKEN: token } = process.env;
  const system = url?.trim() && token?.trim() ? null : runningSystem(dataDir);
  const base = url?.trim() || system!.readApi;
  const bearer = token?.trim() || system!.tokens.read['admin'];
  if (!bearer)
    throw new CannotStart('The system has only hashes of tokens: set READ_API_TOKEN to one of scope admin.');
  const of = workspace === undefined ? '' : `?workspace=${encodeURIComponent(workspace)}`;
  return async (action, body) => {
    const response = await fetch(`${base}/v1/${kind}/${action}${of}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new CannotStart(refusal(response.status, text));
    return (JSON.parse(text) as { items: readonly unknown[] }).items;
  };
}

function refusal(status: number, text: string): string {
  try {
    const { detail, problems = [] } = JSON.parse(text) as {
      detail?: string;
      problems?: readonly { path: string; message: string }[];
    };
    const named = problems.slice(0, 5).map(({ path, message }) => `${path} ${message}`);
    return `The read API refuses it (${status}): ${[detail, ...named].filter(Boolean).join(' ')}`;
  } catch {
    return `The read API answers ${status}.`;
  }
}

function show(
  rows: readonly Record<string, string>[],
  names: readonly string[],
  json: boolean,
  none: string,
): void {
  const cells = rows.map((row) => names.map((name) => row[name] ?? ''));
  const text = rows.length === 0 ? none : table([names, ...cells]);
  process.stdout.write(`${json ? JSON.stringify({ items: rows }, null, 2) : text}\n`);
}
