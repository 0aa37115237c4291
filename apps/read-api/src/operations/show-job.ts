import type { Job } from '@app/engine-postgres';
import type { ReadGrant } from '@app/platform';
import { isoOf } from './engine-reads';
import type { JobDto } from './jobs.dto';

/**
 * A job, as far as a token may see it: an outcome may name rows of any workspace, so that others than admins of
 * all see its plain members only.
 */
export function showJob(job: Job, { scope, workspace }: ReadGrant): JobDto {
  const seesAll = scope === 'admin' && workspace === null;
  const shown = (told: Job['outcome']): Job['outcome'] => (told === null || seesAll ? told : plainOf(told));
  const { id, kind, projection, version, state, requestedBy } = job;
  return {
    ...{ id, kind, projection, version, state, requestedBy },
    requestedAt: isoOf(job.requestedAt),
    startedAt: isoOf(job.startedAt),
    finishedAt: isoOf(job.finishedAt),
    progress: shown(job.progress),
    outcome: shown(job.outcome),
    cancelRequested: job.cancelRequestedAt !== null,
  };
}

function plainOf(told: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(told).filter(([, value]) => typeof value !== 'object'));
}
