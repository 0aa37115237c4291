import { readFileSync } from 'node:fs';
import { createKafka, KafkaLogReader } from '@app/engine-kafka';
import {
  Erasures,
  LOG_SUBJECT,
  migrateEngine,
  proveInTables,
  workPool,
  type Job,
  type TableProof,
} from '@app/engine-postgres';
import { erasedInLog, hasErasure, proveInLog, type LogProof } from '@app/projector';
import { isUuid } from '@app/catalog';
import { MOST_OTHERS, othersOf, type OtherRecord } from '@app/shared-queries';
import type { Pool } from 'pg';
import { connection, quiet } from './connection';
import { doJob } from './jobs';
import { outcomeOf } from './outcome';
import { progressLine, say } from './output';

export interface EraseOptions {
  readonly dataDir: string;
  readonly file?: string;
  readonly workspace?: string;
  readonly again: boolean;
  readonly check: boolean;
}

/** The columns of read models that identify the person of a row. */
const JIMER_COLUMNS = ['jimer_uid', 'mentions'];

export class CannotErase extends Error {
  override readonly name = 'CannotErase';
}

/**
 * Erases jimers, or proves that they are erased.
 * @returns the exit code: 0 if the erasure is done or nothing is left; with --check 2 if records or rows are left, 3 if
 * compaction has yet to remove them, 4 if a uid is unknown and was never erased
 */
export async function erase(uids: readonly string[], options: EraseOptions): Promise<number> {
  const asked = listed(uids, options.file);
  if (asked.length === 0 && (options.check || !options.again))
    throw new CannotErase('Name the uids of jimers, or a --file with one on each line.');
  return options.check ? check(asked, options) : remove(asked, options);
}

function listed(uids: readonly string[], file: string | undefined): readonly string[] {
  const lines = file === undefined ? [] : readFileSync(file, 'utf8').split('\n');
  const all = [...uids, ...lines.map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '')];
  const odd = all.filter((uid) => !isUuid(uid));
  if (odd.length > 0) throw new CannotErase(`Not the uid of a jimer: ${odd.slice(0, 5).join(', ')}.`);
  return [...new Set(all.map((uid) => uid.toLowerCase()))];
}

async function remove(uids: readonly string[], options: EraseOptions): Promise<number> {
  const { kafka, database } = connection(options.dataDir);
  const pool = workPool(database.url, 'ops', 2);
  try {
    await migrateEngine(pool, database.url);
    const registry = new Erasures(pool);
    if (options.again) {
      const reader = new KafkaLogReader(createKafka(kafka.connection, 'ops', quiet()));
      const known = await erasedInLog(reader, new AbortController().signal);
      say(`${await registry.restore(known)} erased jimers were known to the log alone`);
    }
    const jimers = await placed(pool, uids, options.workspace);
    // Search before the erasure deletes the values to search by.
    const others = await othersOf(
      async (sql, values) => (await pool.query<OtherRecord>(sql, [...values])).rows,
      jimers,
      options.workspace ?? null,
    );
    if (jimers.length > 0) await registry.request(jimers, 'ops');
    for (;;) {
      const waiting = { ...options, tell: ({ progress }: Job) => say(progressLine(progress!)) };
      const job = await doJob(LOG_SUBJECT, 'erase', waiting, { others: others.length });
      if (job.state !== 'succeeded') {
        say(`the erasure: ${outcomeOf(job)}`);
        return 1;
      }
      // A running erasure may have started before these people were requested.
      if (await registry.isPending()) continue;
      process.stdout.write(`${[outcomeOf(job), ...othersInWords(others)].join('\n')}\n`);
      return 0;
    }
  } finally {
    await pool.end();
  }
}

/** The other records that seem to be the same person's, with the commands that erase them. */
export function othersInWords(others: readonly OtherRecord[]): readonly string[] {
  if (others.length === 0) return [];
  const many = others.length === MOST_OTHERS ? `At least ${MOST_OTHERS}` : String(others.length);
  return [
    `${many} other records have the same e-mail address or identify token, and are not erased. Those of the same person:`,
    ...others.map(({ uid, workspace, username, sharing }) => {
      const same = sharing
        .map((field) => (field === 'email' ? 'e-mail address' : 'identify token'))
        .join(' and ');
      return `  npm run ops -- erase ${uid} --workspace ${workspace}   # ${username === null ? '' : `${username}, `}same ${same}`;
    }),
  ];
}

/** The workspaces of the people. */
async function placed(
  pool: Pool,
  uids: readonly string[],
  workspace: string | undefined,
): Promise<readonly { readonly workspace: string; readonly jimerUid: string }[]> {
  if (workspace !== undefined) return uids.map((jimerUid) => ({ workspace, jimerUid }));
  if (uids.length === 0) return [];
  const { rows } = await pool.query<{ workspace: string; jimerUid: string }>(
    `SELECT workspace, jimer_uid::text AS "jimerUid" FROM read_models.jimer WHERE jimer_uid = ANY($1::uuid[])
     UNION SELECT workspace, jimer_uid::text FROM engine.erasure WHERE jimer_uid = ANY($1::uuid[])`,
    [uids],
  );
  const known = new Set(rows.map(({ jimerUid }) => jimerUid));
  const unknown = uids.filter((uid) => !known.has(uid));
  if (unknown.length === 0) return rows;
  throw new CannotErase(
    `The read models do not know ${unknown.slice(0, 5).join(', ')}. Whose events may be in the log all the same: ` +
      'name their --workspace. Nothing was done.',
  );
}

async function check(uids: readonly string[], { dataDir, workspace }: EraseOptions): Promise<number> {
  const { kafka, database } = connection(dataDir);
  const client = createKafka(kafka.connection, 'ops', quiet());
  const pool = workPool(database.url, 'ops', 2);
  try {
    const parts = {
      reader: new KafkaLogReader(client),
      kafka: client,
      signal: new AbortController().signal,
    };
    let last = 0;
    const log = await proveInLog(parts, uids, workspace ?? null, (done, total) => {
      if (Date.now() - last < 1_000) return;
      last = Date.now();
      say(progressLine({ phase: 'reading the log', step: null, done, total }));
    });
    const tables = await proveInTables(pool, uids, workspace ?? null, JIMER_COLUMNS, (table) =>
      say(`searching ${table}`),
    );
    const codes = uids.map((uid) => report(uid, log.get(uid)!, tables));
    return codes.includes(2) ? 2 : Math.max(...codes);
  } finally {
    await pool.end();
  }
}

const OUTCOMES = {
  gone: { outcome: 'nothing is left', code: 0 },
  remains: { outcome: 'data remains', code: 2 },
  waits: { outcome: 'waits for compaction', code: 3 },
  unknown: { outcome: 'the uid is unknown and was never erased: is it correct?', code: 4 },
} as const;

function outcomeName(remains: boolean, topics: readonly LogProof[]): keyof typeof OUTCOMES {
  if (remains) return 'remains';
  if (topics.some(({ waiting }) => waiting > 0)) return 'waits';
  // A uid that no topic reports as erased may be mistyped, so its absence proves nothing.
  return topics.every(({ erasedIn }) => erasedIn === 0) ? 'unknown' : 'gone';
}

/** Prints the proof. @returns the exit code of its outcome */
function report(uid: string, topics: readonly LogProof[], tables: readonly TableProof[]): number {
  const lines: string[] = [];
  for (const { topic, remaining, positions, waiting, goneBy, mentions } of topics) {
    if (remaining > 0) lines.push(`${topic}: ${remaining} records remain: ${positions.join(', ')}`);
    if (waiting > 0)
      lines.push(
        `${topic}: ${waiting} records have tombstones and will be removed by ${goneBy!.toISOString()}`,
      );
    if (mentions > 0) lines.push(`${topic}: ${mentions} records of others name the uid`);
  }
  const rows = tables.flatMap(({ table, rows: found }) =>
    found.has(uid) ? [`${table}: ${found.get(uid)} rows remain`] : [],
  );
  for (const { table, mentions } of tables)
    if (mentions.has(uid)) lines.push(`${table}: ${mentions.get(uid)} rows of others name the uid`);
  const incomplete = topics.filter((topic) => !hasErasure(topic)).map(({ topic }) => topic);
  if (incomplete.length > 0) lines.push(`the erasure is missing in a partition of ${incomplete.join(', ')}`);
  const remains = rows.length > 0 || topics.some(({ remaining }) => remaining > 0);
  const { outcome, code } = OUTCOMES[outcomeName(remains, topics)];
  process.stdout.write(`${[`${uid}: ${outcome}`, ...lines, ...rows].join('\n  ')}\n`);
  return code;
}
