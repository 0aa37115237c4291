import type { CatalogEvent } from '@app/catalog';
import { build, replayDeadLetters, type Projection, type Source } from '@app/engine';
import {
  PostgresBuild,
  PostgresDeadLetters,
  type ClaimedJob,
  type PostgresStore,
} from '@app/engine-postgres';
import type { Kafka } from 'kafkajs';
import type { Pool } from 'pg';
import { ProgressRate } from './progress-rate';

export interface JobContext {
  readonly pool: Pool;
  readonly store: PostgresStore;
  readonly source: Source<CatalogEvent>;
  readonly kafka: Kafka;
  readonly projections: readonly Projection<CatalogEvent>[];
}

type Told = Readonly<Record<string, unknown>>;

/** Rows that a build folds before it writes them: some 150 MB at a time. */
const ROWS_PER_WRITE = 150_000;

/** @returns the outcome to keep with the job */
export async function runJob(
  claim: ClaimedJob,
  context: JobContext,
  tell: (progress: Told) => void,
  signal: AbortSignal,
): Promise<Told> {
  const projection = context.projections.find(({ name }) => name === claim.job.projection);
  if (!projection) throw new Error(`${claim.job.projection} is not a projection of this program`);
  switch (claim.job.kind) {
    case 'rebuild':
      return rebuild(projection, claim, context, tell, signal);
    case 'verify':
      throw new Error('not yet');
    case 'replay':
      return replay(projection, claim, context, signal);
  }
}

async function rebuild(
  projection: Projection<CatalogEvent>,
  claim: ClaimedJob,
  { pool, source, store }: JobContext,
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
  });
  const seconds = (performance.now() - started) / 1000;
  return { generation: target.generation, offsets: last.total, seconds: Math.round(seconds * 10) / 10 };
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
