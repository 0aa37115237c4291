import { PROJECTIONS } from '@app/projections';
import { runJobHelper } from '@app/projector';

/** What a thread of this program does: it helps with a job. */
export function help(): void {
  runJobHelper(PROJECTIONS);
}
