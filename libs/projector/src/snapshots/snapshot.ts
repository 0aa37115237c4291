import { loggedAt } from '@app/catalog';
import { type BuildProgress, BuildSteps, type RelationDigests, sourceUntil } from '@app/engine/adapters';
import {
  GenerationMismatch,
  keepSnapshot,
  openSnapshotBuild,
  PostgresVerify,
  type SnapshotSpec,
} from '@app/engine-postgres';
import type { JobReport, ProjectionJob } from '../jobs/job';
import { ProgressRate } from '../jobs/progress-rate';
import { load } from '../rebuild/rebuild';
import { compareWithLog } from '../verify/verify';

/** What a job of kind `snapshot` is asked for with. */
export interface SnapshotParameters {
  readonly name: string;
  /** ISO-8601: a time of the log, inclusive. */
  readonly until: string;
  readonly note?: string;
}

/**
 * Makes a generation from the records that the log had at a time, compares it with them, and keeps it by its name. One
 * that was killed goes on where it stopped.
 */
export async function snapshot(asked: ProjectionJob): Promise<JobReport> {
  const { projection, claim, pool, store, signal } = asked;
  const { name, until, note } = claim.job.parameters as unknown as SnapshotParameters;
  const spec: SnapshotSpec = {
    ...{ name, until: new Date(until), note: note ?? null },
    requestedBy: claim.job.requestedBy,
  };
  const cut = { until: spec.until.getTime(), loggedAt };
  const job = { ...asked, until: cut.until, source: sourceUntil(asked.source, projection, cut) };
  const started = performance.now();
  const rate = new ProgressRate();
  const report = (progress: BuildProgress): void =>
    job.report({ ...progress, ...rate.of(progress.phase, progress.done, progress.total) });

  const generation = await openSnapshotBuild(pool, projection, claim, spec, signal);
  const steps = new BuildSteps({ projection, source: job.source, store, generation, report, signal });
  const ranges = await steps.toLoad();
  if (ranges !== null) {
    await load(job, generation, ranges, (offsets) => steps.loaded(offsets));
    await steps.finish();
  }

  const { digests, verdict } = await verified(job, generation.id);
  if (verdict.outcome === 'differs') {
    const tables = verdict.tables.filter(({ differingBuckets }) => differingBuckets > 0);
    const where = tables.map(({ table }) => table).join(', ') || 'its offset ledger';
    throw new GenerationMismatch(`the snapshot is not what the log makes (${where}): it is not kept`);
  }
  const { outcome, records } = verdict;
  const reasons = verdict.outcome === 'indeterminate' ? verdict.reasons : [];
  const rows = verdict.tables.reduce((sum, { storedRows }) => sum + storedRows, 0);
  await keepSnapshot(pool, projection, claim, generation.of, digests, {
    ...{ outcome, reasons, records, rows },
    verifiedAt: new Date().toISOString(),
  });
  const seconds = Math.round((performance.now() - started) / 100) / 10;
  return { name, until, generation: generation.id, verified: outcome, reasons, records, rows, seconds };
}

/** The verdict, and the digests that it rests on. */
async function verified(job: ProjectionJob, generation: number) {
  const store = new PostgresVerify(job.pool, job.projection, generation);
  let digests: RelationDigests = new Map();
  const verdict = await compareWithLog(job, {
    codec: store.codec,
    digests: async (...asked) => {
      const read = await store.digests(...asked);
      digests = read.digests;
      return read;
    },
    rows: (...asked) => store.rows(...asked),
  });
  return { digests, verdict };
}
