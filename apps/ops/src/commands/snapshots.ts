import {
  ACTIVE,
  listSnapshots as readSnapshots,
  migrateEngine,
  requestDrop,
  retireExpired,
  SNAPSHOT_NAME,
  type SnapshotTable,
} from '@app/engine-postgres';
import { PROJECTIONS } from '@app/projections';

import { doJob, projectionNamed } from './jobs';
import { outcomeOf } from './outcome';
import { DAY_MS, progressLine, say, table } from './output';
import { withPool, type Where } from './with-pool';

export interface SnapshotOptions extends Where {
  readonly until: string;
  readonly as: string;
  readonly note?: string;
}

/** Drops what was asked to be dropped, but keeps generations on standby. */
const KEEP_STANDBYS_MS = 10 * 365 * DAY_MS;
const ZONED = /^\d{4}-\d\d-\d\d(?:T.*(?:Z|[+-]\d\d:?\d\d))?$/i;

class Unusable extends Error {}

/**
 * Makes a snapshot of a projection from what the log said until a time.
 * @returns the exit code: 0 once it is kept, 1 otherwise
 */
export async function makeSnapshot(
  name: string,
  { until, as, note, dataDir }: SnapshotOptions,
): Promise<number> {
  const projection = projectionNamed(name);
  const parameters = { name: nameOf(as), until: timeOf(until), ...(note !== undefined && { note }) };
  const job = await doJob(
    projection,
    'snapshot',
    { dataDir, tell: ({ progress }) => say(`${name}: ${progressLine(progress!)}`) },
    parameters,
  );
  if (job.state !== 'succeeded') {
    say(`${name}: the snapshot ${job.state === 'cancelled' ? 'was cancelled' : outcomeOf(job)}`);
    return 1;
  }
  process.stdout.write(`${name}: ${outcomeOf(job)}\n`);
  return 0;
}

export function listSnapshots(options: Where & { readonly json: boolean }): Promise<number> {
  return withPool(options, async (pool) => {
    const snapshots = await readSnapshots(pool);
    if (options.json) process.stdout.write(`${JSON.stringify({ items: snapshots }, null, 2)}\n`);
    else if (snapshots.length === 0) process.stdout.write('There are no snapshots.\n');
    else
      process.stdout.write(
        `${table([
          ['name', 'projection', 'state', 'until', 'generation', 'made', 'verified', 'note'],
          ...snapshots.map((each) => [
            ...[each.name, each.projection, each.state, each.until.toISOString(), String(each.generation)],
            ...[each.createdAt.toISOString(), each.verified?.outcome ?? '', each.note ?? ''],
          ]),
        ])}\n`,
      );
    return 0;
  });
}

/** @returns the exit code: 0 once it is dropped, 1 when there is none of this name */
export function dropSnapshot(name: string, options: Where): Promise<number> {
  return withPool(options, async (pool, url) => {
    await migrateEngine(pool, url);
    const projections = await requestDrop(pool, nameOf(name), 'ops');
    if (projections.length === 0) {
      say(`There is no snapshot ${name}: "ops snapshots" shows those that there are.`);
      return 1;
    }
    const all = PROJECTIONS.map((projection) => projection.name);
    await retireExpired(pool, all, KEEP_STANDBYS_MS);
    process.stdout.write(`snapshot ${name} is dropped: ${projections.join(', ')}\n`);
    return 0;
  });
}

/**
 * Compares snapshots with what they were when they were made.
 * @returns the exit code: 3 when all are (against the log that is indeterminate), 2 when one differs, 1 when one failed
 */
export async function verifySnapshots(
  names: readonly string[],
  { snapshot, json, dataDir }: Where & { readonly snapshot: string; readonly json: boolean },
): Promise<number> {
  const name = nameOf(snapshot);
  const kept = await withSnapshots({ dataDir }, name);
  const chosen = names.length > 0 ? names.map(projectionNamed) : kept.map(projectionNamed);
  if (chosen.length === 0) {
    say(`There is no snapshot ${name}: "ops snapshots" shows those that there are.`);
    return 1;
  }
  const results: unknown[] = [];
  let code = 3;
  for (const projection of chosen) {
    const job = await doJob(projection, 'verify-snapshot', { dataDir, tell: () => undefined }, { name });
    const { outcome } = job;
    if (job.state !== 'succeeded' || outcome === null) {
      say(`${projection.name}: ${outcomeOf(job)}`);
      code = 1;
      continue;
    }
    results.push({ projection: projection.name, ...outcome });
    if (!json)
      process.stdout.write(
        `${[`${projection.name}: ${outcomeOf(job)}`, ...differing(outcome)].join('\n  ')}\n`,
      );
    if (outcome['outcome'] === 'differs' && code !== 1) code = 2;
  }
  if (json) process.stdout.write(`${JSON.stringify({ results }, null, 2)}\n`);
  return code;
}

function differing(outcome: Readonly<Record<string, unknown>>): string[] {
  const tables = outcome['tables'] as readonly SnapshotTable[];
  return tables
    .filter(({ differs }) => differs)
    .map(({ table: name, rows, rowsAsMade }) =>
      rowsAsMade === null
        ? `${name}: its counts are not those of the rows`
        : `${name}: ${rows} rows, ${rowsAsMade} as made less those erased since`,
    );
}

function withSnapshots(options: Where, name: string): Promise<readonly string[]> {
  return withPool(options, async (pool) =>
    (await readSnapshots(pool))
      .filter((each) => each.name === name && each.state === 'kept')
      .map((each) => each.projection),
  );
}

/** @throws {Error} saying how it has to be */
function nameOf(text: string): string {
  if (SNAPSHOT_NAME.test(text) && text !== ACTIVE) return text;
  throw new Unusable(
    `"${text}" cannot name a snapshot: a name is 1 to 31 lower-case letters, digits and underscores, begins with a letter, and is not "${ACTIVE}".`,
  );
}

/** @throws {Error} saying how it has to be */
function timeOf(text: string): string {
  const time = ZONED.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time))
    throw new Unusable(`--until ${text} is not a time with its zone (2026-02-03T12:00:00Z), nor a UTC day.`);
  if (time > Date.now()) throw new Unusable(`--until ${text} has not passed yet.`);
  return new Date(time).toISOString();
}
