import {
  pauseProjection,
  PostgresDeadLetters,
  resumeProjection,
  rollBack,
  workPool,
} from '@app/engine-postgres';
import type { Pool } from 'pg';

import { connection } from './connection';
import { doJob, projectionNamed } from './jobs';
import { outcomeOf } from './outcome';
import { say, table } from './output';

interface Where {
  readonly dataDir: string;
}

async function withPool<T>({ dataDir }: Where, work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = workPool(connection(dataDir).database.url, 'ops', 2);
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

export function pause(name: string, options: Where & { readonly reason: string }): Promise<number> {
  return withPool(options, async (pool) => {
    const isNew = await pauseProjection(pool, name, options.reason);
    process.stdout.write(`${name}: ${isNew ? 'paused' : 'was paused already'}\n`);
    return 0;
  });
}

export function resume(name: string, options: Where): Promise<number> {
  return withPool(options, async (pool) => {
    const was = await resumeProjection(pool, name);
    process.stdout.write(`${name}: ${was ? 'goes on' : 'was not paused'}\n`);
    return 0;
  });
}

export function rollback(name: string, options: Where): Promise<number> {
  return withPool(options, async (pool) => {
    const { schema, version } = await rollBack(pool, name);
    process.stdout.write(`${name}: ${schema}, of version ${version}, serves again\n`);
    return 0;
  });
}

export function listDeadLetters(options: Where & { readonly json: boolean }): Promise<number> {
  return withPool(options, async (pool) => {
    const { rows } = await pool.query<Record<string, string | number | null>>(
      `SELECT d.id::text, g.projection, d.topic || '/' || d.partition || '@' || d.record_offset AS position,
              d.state, d.attempts, d.event_name AS event, d.reason
         FROM engine.dead_letter AS d JOIN engine.generation AS g ON g.id = d.generation_id
        WHERE g.state = 'active' ORDER BY d.id`,
    );
    if (options.json) process.stdout.write(`${JSON.stringify({ items: rows }, null, 2)}\n`);
    else if (rows.length === 0) process.stdout.write('Nothing is set aside.\n');
    else {
      const names = ['id', 'projection', 'position', 'state', 'attempts', 'event', 'reason'];
      const cells = rows.map((row) => names.map((name) => String(row[name] ?? '')));
      process.stdout.write(`${table([names, ...cells])}\n`);
    }
    return 0;
  });
}

/** @param ids empty for all that are set aside */
export async function replayDeadLetters(
  name: string,
  ids: readonly string[],
  options: Where,
): Promise<number> {
  const parameters = ids.length > 0 ? { ids } : {};
  const job = await doJob(projectionNamed(name), 'replay', { ...options, tell: () => undefined }, parameters);
  process.stdout.write(`${name}: ${outcomeOf(job)}\n`);
  return job.state === 'succeeded' ? 0 : 1;
}

export function discardDeadLetters(
  ids: readonly string[],
  options: Where & { readonly reason: string },
): Promise<number> {
  return withPool(options, async (pool) => {
    const count = await new PostgresDeadLetters(pool, []).discard(ids, options.reason);
    process.stdout.write(`${count} of ${ids.length} discarded\n`);
    if (count < ids.length) say('the others were not set aside (any more)');
    return count === ids.length ? 0 : 1;
  });
}
