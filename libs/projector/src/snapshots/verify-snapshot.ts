import { verifySnapshot } from '@app/engine-postgres';
import type { JobReport, ProjectionJob } from '../jobs/job';

/** Why no later comparison of a snapshot with the log can be more than indeterminate. */
const NOT_IN_THE_LOG =
  'compaction and erasure may have taken records from the log since, so it is not compared with the log again';

/**
 * Compares a snapshot with what it was when it was made, less those who were erased since. What differs was changed by
 * somebody else; what does not is as it was verified then, which no comparison with the log can tell any more.
 */
export async function verifyKeptSnapshot({
  projection,
  claim,
  pool,
  report,
  signal,
}: ProjectionJob): Promise<JobReport> {
  const { name } = claim.job.parameters as { readonly name: string };
  report({ phase: 'digests', step: null, done: 0, total: 0 });
  const { generation, tables } = await verifySnapshot(pool, projection, name, signal);
  const outcome = tables.some(({ differs }) => differs) ? 'differs' : 'indeterminate';
  return { name, generation, outcome, asMade: outcome !== 'differs', reasons: [NOT_IN_THE_LOG], tables };
}
