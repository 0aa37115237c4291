import type { CatalogEvent } from '@app/catalog';
import {
  build,
  replayDeadLetters,
  SummingPart,
  together,
  verify,
  writeBulk,
  type BulkOptions,
  type Projection,
  type Source,
} from '@app/engine';
import { minCompactionLagOf } from '@app/engine-kafka';
import {
  CannotRollBack,
  PostgresBuild,
  PostgresDeadLetters,
  PostgresVerify,
  rollBack,
  type ClaimedJob,
  type Generation,
  type PostgresStore,
} from '@app/engine-postgres';
import type { Kafka } from 'kafkajs';
import type { Pool } from 'pg';
import { eraseFromLog } from '../erasure/erase-job';
import type { HelperThread } from './helper-thread';
import { ProgressRate } from './progress-rate';
import { shareOut } from './shares';
import { ThreadPart } from './thread-part';

export interface JobContext {
  readonly pool: Pool;
  readonly store: PostgresStore;
  readonly source: Source<CatalogEvent>;
  readonly kafka: Kafka;
  readonly projections: readonly Projection<CatalogEvent>[];
  /** Threads that help with what can be divided. */
  readonly helpers: { readonly atMost: number; readonly start: (claim: ClaimedJob) => HelperThread };
}

type Told = Readonly<Record<string, unknown>>;

/** Rows that the threads of a build fold, together, before they write them: some 150 MB. */
const ROWS_PER_WRITE = 150_000;
/** Rows that the threads of a verification keep in memory, together: some 100 MB; more go to files. */
const ROWS_IN_MEMORY = 150_000;

/** @returns the outcome to keep with the job */
export async function runJob(
  claim: ClaimedJob,
  context: JobContext,
  tell: (progress: Told) => void,
  signal: AbortSignal,
): Promise<Told> {
  if (claim.job.kind === 'erase') return eraseFromLog(context, claim.job.parameters, tell, signal);
  const projection = context.projections.find(({ name }) => name === claim.job.projection);
  if (!projection) throw new Error(`${claim.job.projection} is not a projection of this program`);
  switch (claim.job.kind) {
    case 'rebuild':
      return rebuild(projection, claim, context, tell, signal);
    case 'verify':
      return proven(projection, claim, context, tell, signal);
    case 'replay':
      return replay(projection, claim, context, signal);
    case 'rollback':
      return backToTheOneBefore(projection.name, context.pool);
  }
}

async function backToTheOneBefore(projection: string, pool: Pool): Promise<Told> {
  try {
    const { id, version } = await rollBack(pool, projection);
    return { rolledBack: true, generation: id, version };
  } catch (error) {
    if (!(error instanceof CannotRollBack)) throw error;
    return { rolledBack: false, reason: error.message };
  }
}

async function rebuild(
  projection: Projection<CatalogEvent>,
  claim: ClaimedJob,
  { pool, source, store, helpers }: JobContext,
  tell: (progress: Told) => void,
  signal: AbortSignal,
): Promise<Told> {
  const started = performance.now();
  const target = await PostgresBuild.open(pool, projection, claim, signal);
  const rate = new ProgressRate();
  let last: { readonly total: number } = { total: 0 };
  await build({
    projection,
    source,
    target,
    store,
    rowsPerWrite: ROWS_PER_WRITE,
    tell: (progress) => {
      last = progress;
      tell({ ...progress, ...rate.of(progress.phase, progress.done, progress.total) });
    },
    signal,
    bulk: (bulk) => bulkInShares(bulk, target.of, () => helpers.start(claim), helpers.atMost),
  });
  const seconds = (performance.now() - started) / 1000;
  return { generation: target.generation, offsets: last.total, seconds: Math.round(seconds * 10) / 10 };
}

/** Every thread has partitions of its own, so none waits for another's checkpoint. */
async function bulkInShares(
  options: BulkOptions<CatalogEvent>,
  generation: Generation,
  start: () => HelperThread,
  helpersAtMost: number,
): Promise<void> {
  const [own, ...others] = shareOut(options.ranges, 1 + helpersAtMost);
  const rowsPerWrite = Math.ceil(options.rowsPerWrite / (1 + others.length));
  const helping = others.map((ranges) => ({ ranges, helper: start() }));
  try {
    await together(
      [
        (signal) => writeBulk({ ...options, ranges: own!, rowsPerWrite, signal }),
        ...helping.map(({ ranges, helper }) => (signal: AbortSignal) => {
          const task = { kind: 'bulk', generation, rowsPerWrite, ranges } as const;
          return helper.do<void>(task, signal, options.wrote);
        }),
      ],
      options.signal,
    );
  } finally {
    await Promise.all(helping.map(({ helper }) => helper.stop()));
  }
}

async function proven(
  projection: Projection<CatalogEvent>,
  claim: ClaimedJob,
  { pool, source, kafka, helpers }: JobContext,
  tell: (progress: Told) => void,
  signal: AbortSignal,
): Promise<Told> {
  const rate = new ProgressRate();
  const report = await verify({
    projection,
    source,
    store: new PostgresVerify(pool, projection),
    minCompactionLagMs: await minCompactionLag(kafka, projection.topics),
    maxRows: ROWS_IN_MEMORY,
    divide: (ranges, buckets) => {
      const [own, ...others] = shareOut(ranges, 1 + helpers.atMost);
      return [
        { part: new SummingPart(projection, source, buckets), ranges: own! },
        ...others.map((share) => ({ part: new ThreadPart(helpers.start(claim), buckets), ranges: share })),
      ];
    },
    tell: ({ phase, done, total }) =>
      tell({ phase, step: null, done, total, ...rate.of(phase, done, total) }),
    signal,
  });
  return { ...report };
}

async function minCompactionLag(kafka: Kafka, topics: readonly string[]): Promise<number> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await minCompactionLagOf(admin, topics);
  } finally {
    await admin.disconnect();
  }
}

async function replay(
  projection: Projection<CatalogEvent>,
  claim: ClaimedJob,
  { pool, source }: JobContext,
  signal: AbortSignal,
): Promise<Told> {
  const letters = new PostgresDeadLetters(pool, [projection]);
  const { ids } = claim.job.parameters as { readonly ids?: readonly string[] };
  const chosen = await letters.setAside(projection.name, ids ?? null);
  const outcomes = await replayDeadLetters(projection, chosen, source, letters, signal);
  const counts = { asked: ids?.length ?? chosen.length, replayed: 0, 'set aside': 0, 'resolved before': 0 };
  for (const { outcome } of outcomes.values()) counts[outcome]++;
  return counts;
}
