import { badParameter } from '@app/platform';
import { currentSnapshot } from '../snapshots/snapshot-context';

/** @throws {Problem} 400 naming `snapshot`: what is compared with the log is what serves, at its checkpoints */
export function assertNoSnapshot(): void {
  if (currentSnapshot() !== undefined)
    throw badParameter('snapshot', 'cannot be given: this compares what serves with the log');
}
