import type { Job } from '@app/engine-postgres';
import type { ReadGrant } from '@app/platform';
import { workspaceOfCaller } from '../../access/access';
import { isoOf } from '../../common/database/engine-reads';
import type { JobDto } from './jobs.dto';

/** Stands for who asked for a job where that was an admin of a workspace that the token does not see. */
const OTHERS = 'another workspace';

/**
 * Whether a token may see a job at all: not one that another workspace asked for. An erasure is one for all workspaces
 * that ask while it is under way.
 */
export function isVisible({ kind, requestedBy }: Job, grant: ReadGrant): boolean {
  return kind === 'erase' || !isOfOthers(requestedBy, grant);
}

/**
 * A job, as far as a token may see it: an outcome may name rows of any workspace, so that others than admins of
 * all see its plain members only, and nothing of who and how many were erased.
 */
export function showJob(job: Job, grant: ReadGrant): JobDto {
  const seesAll = grant.scope === 'admin' && grant.workspace === null;
  const shown = (told: Job['outcome']): Job['outcome'] => (told === null || seesAll ? told : plainOf(told));
  const { id, kind, projection, version, state, requestedBy } = job;
  return {
    ...{ id, kind, projection, version, state },
    requestedBy: isOfOthers(requestedBy, grant) ? OTHERS : requestedBy,
    requestedAt: isoOf(job.requestedAt),
    startedAt: isoOf(job.startedAt),
    finishedAt: isoOf(job.finishedAt),
    progress: shown(job.progress),
    outcome: kind === 'erase' && grant.workspace !== null ? null : shown(job.outcome),
    cancelRequested: job.cancelRequestedAt !== null,
  };
}

function isOfOthers(requestedBy: string, { workspace }: ReadGrant): boolean {
  const by = workspaceOfCaller(requestedBy);
  return workspace !== null && by !== null && by !== workspace;
}

function plainOf(told: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(told).filter(([, value]) => typeof value !== 'object'));
}
