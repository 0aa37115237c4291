import { loggedAt } from '@app/catalog';
import { type BuildProgress, BuildSteps, type RelationDigests, sourceUntil } from '@app/engine/adapters';
import { minCompactionLagOf, withAdmin } from '@app/engine-kafka';
import {
  GenerationMismatch,
  giveUpSnapshot,
  keepSnapshot,
  keptBefore,
  openSnapshotBuild,
  PostgresVerify,
  type SnapshotSpec,
  type SnapshotVerification,
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

/** How often tables are made that then differ from a log that compaction may have changed meanwhile. */
const ATTEMPTS = 2;

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

  const kept = await keptBefore(pool, projection, claim, name);
  const told = (generation: number, { outcome, reasons, records, rows }: SnapshotVerification): JobReport => {
    const seconds = Math.round((performance.now() - started) / 100) / 10;
    return { name, until, generation, verified: outcome, reasons, records, rows, seconds };
  };
  if (kept) return told(kept.id, kept.verification);

  for (let attempt = 1; ; attempt++) {
    const generation = await openSnapshotBuild(pool, projection, claim, spec, signal);
    const steps = new BuildSteps({ projection, source: job.source, store, generation, report, signal });
    const ranges = await steps.toLoad();
    if (ranges !== null) {
      await load(job, generation, ranges, (offsets) => steps.loaded(offsets));
      await steps.finish();
    }

    const { digests, verdict } = await verified(job, generation.id);
    if (verdict.outcome === 'differs') {
      if (attempt < ATTEMPTS && (await mayBeCompacted(job, cut.until))) {
        await giveUpSnapshot(pool, claim, generation.of);
        continue;
      }
      const tables = verdict.tables.filter(({ differingBuckets }) => differingBuckets > 0);
      const where = tables.map(({ table }) => table).join(', ') || 'its offset ledger';
      throw new GenerationMismatch(`the snapshot is not what the log makes (${where}): it is not kept`);
    }
    const { outcome, records } = verdict;
    const verification: SnapshotVerification = {
      ...{ outcome, records, reasons: verdict.outcome === 'indeterminate' ? verdict.reasons : [] },
      rows: verdict.tables.reduce((sum, { storedRows }) => sum + storedRows, 0),
      verifiedAt: new Date().toISOString(),
    };
    await keepSnapshot(pool, projection, claim, generation.of, digests, verification);
    return told(generation.id, verification);
  }
}

/**
 * Whether compaction may take a record from before a time between the reading for the tables and that for the
 * comparison, because of a redelivery or a tombstone since.
 */
async function mayBeCompacted({ kafka, projection }: ProjectionJob, until: number): Promise<boolean> {
  const lagMs = await withAdmin(kafka, (admin) => minCompactionLagOf(admin, projection.topics));
  return Date.now() - until > lagMs;
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
