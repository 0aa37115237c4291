/** The entry of the threads that refold a part of the log for a verification. A thread does its tasks in this order. */
import type { CatalogEvent } from '@app/catalog';
import { SummingPart, type FoldTask, type SpillIndex } from '@app/engine/adapters';
import { postgresRowCodec } from '@app/engine-postgres';
import { projectionOf, sourceOf, type JobPart } from '../threads/job-part';
import { threadTask } from '../threads/thread-task';

let refold: SummingPart<CatalogEvent>;

export const fold = threadTask(
  async (
    { part, buckets, task }: { readonly part: JobPart; readonly buckets: number; readonly task: FoldTask },
    { progress, signal },
  ) => {
    const projection = await projectionOf(part);
    refold = new SummingPart(projection, sourceOf(part, projection), postgresRowCodec, buckets);
    return refold.fold(task, progress, signal);
  },
);

interface SpilledGroups {
  readonly spills: readonly SpillIndex[];
  readonly groups: readonly number[];
}

export const merge = threadTask(({ spills, groups }: SpilledGroups, { signal }) =>
  refold.merge(spills, groups, signal),
);

export const count = threadTask(({ spills, groups }: SpilledGroups, { signal }) =>
  refold.count(spills, groups, signal),
);
