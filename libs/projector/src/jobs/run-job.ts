import type { CatalogEvent } from '@app/catalog';
import type { Projection } from '@app/engine';
import { replayDeadLetters } from '@app/engine/adapters';
import { CannotRollBack, PostgresDeadLetters, rollBack, type ClaimedJob } from '@app/engine-postgres';
import { eraseFromLog } from '../erasure/erase-job';
import { rebuild } from '../rebuild/rebuild';
import { repair } from '../repair/repair';
import { snapshot } from '../snapshots/snapshot';
import { verifyKeptSnapshot } from '../snapshots/verify-snapshot';
import { verifyGeneration } from '../verify/verify';
import type { JobReport, JobTools, ProjectionJob } from './job';

/** @returns the outcome to store with the job */
export async function runJob(
  claim: ClaimedJob,
  tools: JobTools,
  projections: readonly Projection<CatalogEvent>[],
  report: (progress: JobReport) => void,
  signal: AbortSignal,
): Promise<JobReport> {
  const { kind, parameters, projection: name } = claim.job;
  if (kind === 'erase') return eraseFromLog(tools, parameters, report, signal);
  const projection = projections.find((each) => each.name === name);
  if (!projection) throw new Error(`${name} is not a projection of this program`);
  const job: ProjectionJob = { ...tools, projection, claim, until: null, report, signal };
  switch (kind) {
    case 'rebuild':
      return rebuild(job);
    case 'verify':
      return verifyGeneration(job);
    case 'snapshot':
      return snapshot(job);
    case 'verify-snapshot':
      return verifyKeptSnapshot(job);
    case 'repair':
      return repair(job);
    case 'replay':
      return replay(job);
    case 'rollback':
      return rollback(job);
  }
}

async function replay({ projection, claim, pool, source, signal }: ProjectionJob): Promise<JobReport> {
  const letters = new PostgresDeadLetters(pool, [projection]);
  const { ids } = claim.job.parameters as { readonly ids?: readonly string[] };
  const chosen = await letters.open(projection.name, ids ?? null);
  const outcomes = await replayDeadLetters(projection, chosen, source, letters, signal);
  const counts = { asked: ids?.length ?? chosen.length, replayed: 0, failed: 0, 'resolved before': 0 };
  for (const { outcome } of outcomes.values()) counts[outcome]++;
  return counts;
}

async function rollback({ projection, pool }: ProjectionJob): Promise<JobReport> {
  try {
    const { id, version } = await rollBack(pool, projection.name);
    return { rolledBack: true, generation: id, version };
  } catch (error) {
    if (!(error instanceof CannotRollBack)) throw error;
    return { rolledBack: false, reason: error.message };
  }
}
