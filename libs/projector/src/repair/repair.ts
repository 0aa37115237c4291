import { isSamePartition, type LogBounds, type OffsetRange } from '@app/engine';
import {
  assertSameLog,
  reasonsForDoubt,
  KeyRefold,
  rangesUpTo,
  firstRecordsAfter,
  type GenerationSnapshot,
  type PartitionCheckpoint,
} from '@app/engine/adapters';
import { minCompactionLagOf, withAdmin } from '@app/engine-kafka';
import { DeadLettersChanged, GenerationMismatch, PostgresRepair, PostgresVerify } from '@app/engine-postgres';
import type { JobReport, ProjectionJob } from '../jobs/job';
import { ProgressRate } from '../jobs/progress-rate';
import { repairWork, type RepairWork } from './repair-target';

/** So few offsets are read while batches wait. */
const CLOSE = 2_000;
/** How often the log is read again because dead letters were replayed meanwhile. */
const ATTEMPTS = 3;

/**
 * Corrects rows that are not as the log makes them: those of some people, or those that the last verification named.
 * The log is read from its beginning for their keys, since positions that are stored with rows may be at fault as well.
 * Live batches go on, but for the moment of the correction.
 */
export async function repair(job: ProjectionJob): Promise<JobReport> {
  const work = await repairWork(job);
  const started = performance.now();
  for (let attempt = 1; ; attempt++)
    try {
      const outcome = await attempted(job, work);
      const seconds = Math.round((performance.now() - started) / 100) / 10;
      return { ...outcome, notNamed: work.notNamed, seconds };
    } catch (error) {
      if (!(error instanceof DeadLettersChanged) || attempt === ATTEMPTS) throw error;
    }
}

async function attempted(job: ProjectionJob, { target, groups }: RepairWork): Promise<JobReport> {
  const { projection, claim, pool, source, report, signal } = job;
  const startedAt = Date.now();
  const repairing = await PostgresRepair.open(pool, projection, claim);
  const { id: generation } = repairing.generation;
  const snapshot = await snapshotOf(job, generation);
  const bounds = await source.log.bounds(projection.topics);
  await assertSameLog(source.log, snapshot.checkpoints, signal);

  const refold = new KeyRefold(projection, source.decode, target);
  refold.exclude(snapshot.deadLetters);
  const rate = new ProgressRate();
  let done = 0;
  const read = async (ranges: readonly OffsetRange[], phase: 'refolding' | 'correcting'): Promise<void> => {
    const total = done + sizeOf(ranges);
    await source.log.read(
      ranges,
      (batch) => {
        refold.take(batch);
        done += batch.nextOffset - batch.fromOffset;
        report({ phase, step: null, done, total, ...rate.of(phase, done, total) });
        return Promise.resolve();
      },
      signal,
    );
  };

  await read(rangesUpTo(snapshot, bounds), 'refolding');
  let reached = snapshot;
  for (;;) {
    const now = await snapshotOf(job, generation);
    const ranges = between(reached.checkpoints, now.checkpoints);
    if (sizeOf(ranges) <= CLOSE) break;
    refold.exclude(now.deadLetters);
    await read(ranges, 'refolding');
    reached = now;
  }
  await assertTold(job, reached, bounds, startedAt);

  const tables = await repairing.correct(target, groups, refold.excluded, async (locked, letters) => {
    refold.exclude(letters);
    await read(between(reached.checkpoints, locked), 'correcting');
    return refold.result();
  });
  const corrected = tables.reduce((sum, table) => sum + table.corrected, 0);
  return { generation, offsets: done, corrected, tables };
}

/** Checkpoints and dead letters, of one moment. */
function snapshotOf(
  { pool, projection, signal }: ProjectionJob,
  generation: number,
): Promise<GenerationSnapshot> {
  return new PostgresVerify(pool, projection, generation).rows(generation, 1, new Map(), signal);
}

/** @throws {GenerationMismatch} when the log may lack records that the tables rightly have */
async function assertTold(
  { projection, source, kafka, signal }: ProjectionJob,
  reached: GenerationSnapshot,
  bounds: readonly LogBounds[],
  startedAt: number,
): Promise<void> {
  const ends = await source.log.bounds(projection.topics);
  const unread = await firstRecordsAfter(source.log, reached, ends, signal);
  const minCompactionLagMs = await withAdmin(kafka, (admin) => minCompactionLagOf(admin, projection.topics));
  const reasons = reasonsForDoubt(reached, bounds, unread, {
    startedAt,
    endedAt: Date.now(),
    minCompactionLagMs,
  });
  if (reasons.length > 0)
    throw new GenerationMismatch(
      `nothing was changed, because the log may lack records that the tables have: ${reasons.join('; ')}`,
    );
}

/** What lies between two moments of a generation. */
function between(from: readonly PartitionCheckpoint[], to: readonly PartitionCheckpoint[]): OffsetRange[] {
  return to
    .map((place) => ({
      ...{ topic: place.topic, partition: place.partition, to: place.checkpoint.next },
      from: from.find((each) => isSamePartition(each, place))?.checkpoint.next ?? 0,
    }))
    .filter((range) => range.from < range.to);
}

function sizeOf(ranges: readonly OffsetRange[]): number {
  return ranges.reduce((sum, range) => sum + range.to - range.from, 0);
}
