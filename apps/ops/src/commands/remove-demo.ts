import { setTimeout as sleep } from 'node:timers/promises';
import { Erasures, LOG_SUBJECT, migrateEngine } from '@app/engine-postgres';
import type { Pool } from 'pg';

import { connection } from './connection';
import { doJob } from './jobs';
import { outcomeOf } from './outcome';
import { progressLine, say } from './output';
import { agreement } from './samples';
import { withPool, type Where } from './with-pool';

const WORKSPACE = 'demo';
const PATIENCE_MS = 120_000;
const LOOK_MS = 250;

/**
 * Removes the demo: erases all people and experiences of its workspace in the same way as a person, so a rebuild does not
 * restore them and verification agrees. New events may be sent to that workspace; events of the same people and
 * experiences are ignored.
 *
 * @returns the exit code
 */
export function removeDemo(options: Where & { readonly yes: boolean }): Promise<number> {
  connection(options.dataDir);
  return withPool(options, async (pool, url) => {
    await migrateEngine(pool, url);
    const subjects = await subjectsIn(pool);
    if (subjects.length === 0) {
      process.stdout.write(`There is nothing in the workspace "${WORKSPACE}".\n`);
      return 0;
    }
    if (!options.yes)
      await agreement(
        `${subjects.length} people and experiences of the workspace "${WORKSPACE}" will be erased for good.`,
      );
    const asked = new Set<string>();
    const deadline = Date.now() + PATIENCE_MS;
    for (let left = subjects; left.length > 0; left = await subjectsIn(pool)) {
      // Read models apply the erasure moments after the job, and events in flight may have added others.
      const others = left.filter((uid) => !asked.has(uid));
      if (others.length > 0 && !(await erased(pool, others, options))) return 1;
      for (const uid of others) asked.add(uid);
      if (others.length > 0) continue;
      if (Date.now() > deadline) {
        say(
          `${left.length} are still shown: is a projection paused, or behind? "ops status" tells. They go when it has caught up.`,
        );
        return 1;
      }
      await sleep(LOOK_MS);
    }
    process.stdout.write(`The demo is removed: ${asked.size} people and experiences are erased.\n`);
    return 0;
  });
}

async function erased(pool: Pool, uids: readonly string[], options: Where): Promise<boolean> {
  await new Erasures(pool).request(
    uids.map((jimerUid) => ({ workspace: WORKSPACE, jimerUid })),
    'ops demo --remove',
  );
  for (;;) {
    const job = await doJob(LOG_SUBJECT, 'erase', {
      ...options,
      tell: ({ progress }) => say(progressLine(progress!)),
    });
    if (job.state !== 'succeeded') {
      say(`the erasure: ${outcomeOf(job)}`);
      return false;
    }
    // A running erasure may have started before these people were requested.
    if (!(await new Erasures(pool).isPending())) return true;
  }
}

/** Everybody and everything that a read model shows of the workspace. */
async function subjectsIn(pool: Pool): Promise<readonly string[]> {
  const { rows: columns } = await pool.query<{ select: string }>(
    `SELECT format('SELECT %I::text AS uid FROM read_models.%I WHERE workspace = $1', c.column_name, c.table_name) AS select
       FROM information_schema.columns AS c
      WHERE c.table_schema = 'read_models' AND c.column_name IN ('jimer_uid', 'experience_uid') AND c.table_name NOT LIKE '%\\_erased'
        AND EXISTS (SELECT FROM information_schema.columns AS w
          WHERE (w.table_schema, w.table_name, w.column_name) = (c.table_schema, c.table_name, 'workspace'))`,
  );
  if (columns.length === 0) return [];
  const { rows } = await pool.query<{ uid: string }>(
    `SELECT DISTINCT uid FROM (${columns.map(({ select }) => select).join(' UNION ALL ')}) AS found WHERE uid IS NOT NULL`,
    [WORKSPACE],
  );
  return rows.map(({ uid }) => uid);
}
