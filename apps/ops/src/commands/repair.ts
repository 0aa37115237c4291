import type { RepairedTable } from '@app/engine-postgres';

import { jimerUids } from './ids';
import { doJob, projectionNamed } from './jobs';
import { outcomeOf } from './outcome';
import { progressLine, say } from './output';
import type { Where } from './with-pool';

export interface RepairOptions extends Where {
  readonly jimer?: readonly string[];
  readonly workspace?: string;
  readonly fromVerify: boolean;
  readonly json: boolean;
}

/**
 * Corrects rows of a projection from the log.
 * @returns the exit code: 0 once they are as the log makes them, 2 when a verification had found more than it named, 1 when it failed
 */
export async function repair(name: string, options: RepairOptions): Promise<number> {
  const { jimer, workspace, fromVerify, json, dataDir } = options;
  const projection = projectionNamed(name);
  if ((jimer === undefined) === !fromVerify) {
    say('Give either --jimer with uids, or --from-verify.');
    return 1;
  }
  const jimers =
    jimer && jimerUids(jimer).map((uid) => ({ uid, ...(workspace !== undefined && { workspace }) }));
  const tell = json ? () => undefined : (progress: string) => say(`${name}: ${progress}`);
  const job = await doJob(
    projection,
    'repair',
    { dataDir, tell: ({ progress }) => tell(progressLine(progress!)) },
    jimers ? { jimers } : { fromVerify },
  );
  const { outcome } = job;
  if (job.state !== 'succeeded' || outcome === null) {
    say(`${name}: the repair: ${outcomeOf(job)}`);
    return 1;
  }
  if (json) process.stdout.write(`${JSON.stringify(outcome, null, 2)}\n`);
  else {
    const tables = (outcome['tables'] as readonly RepairedTable[]).filter(({ checked }) => checked > 0);
    const lines = tables.map(
      ({ table, checked, corrected }) => `${table}: ${corrected} of ${checked} corrected`,
    );
    process.stdout.write(`${[`${name}: ${outcomeOf(job)}`, ...lines].join('\n  ')}\n`);
  }
  return Number(outcome['notNamed']) > 0 ? 2 : 0;
}
