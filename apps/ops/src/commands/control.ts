import { pauseProjection, PostgresDeadLetters, resumeProjection, rollBack } from '@app/engine-postgres';

import { numberedIds } from './ids';
import { doJob, projectionNamed } from './jobs';
import { outcomeOf } from './outcome';
import { progressLine, say, table } from './output';
import { withPool, type Where } from './with-pool';

export function pause(name: string, options: Where & { readonly reason: string }): Promise<number> {
  projectionNamed(name);
  return withPool(options, async (pool) => {
    const isNew = await pauseProjection(pool, name, options.reason);
    process.stdout.write(`${name}: ${isNew ? 'paused' : 'already paused'}\n`);
    return 0;
  });
}

export function resume(name: string, options: Where): Promise<number> {
  projectionNamed(name);
  return withPool(options, async (pool) => {
    const was = await resumeProjection(pool, name);
    process.stdout.write(`${name}: ${was ? 'resumed' : 'was not paused'}\n`);
    return 0;
  });
}

export function rollback(name: string, options: Where): Promise<number> {
  projectionNamed(name);
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
    else if (rows.length === 0) process.stdout.write('There are no dead letters.\n');
    else {
      const names = ['id', 'projection', 'position', 'state', 'attempts', 'event', 'reason'];
      const cells = rows.map((row) => names.map((name) => String(row[name] ?? '')));
      process.stdout.write(`${table([names, ...cells])}\n`);
    }
    return 0;
  });
}

/** @param ids empty for all open dead letters */
export async function replayDeadLetters(
  name: string,
  ids: readonly string[],
  options: Where,
): Promise<number> {
  const projection = projectionNamed(name);
  const chosen = numberedIds(ids, 'dead letter');
  const waiting = await withPool(options, (pool) =>
    new PostgresDeadLetters(pool, [projection]).open(name, chosen.length > 0 ? chosen : null),
  );
  const unknown = chosen.filter((id) => !waiting.some((letter) => letter.id === id));
  if (unknown.length > 0) {
    say(
      `${name}: no dead letter that waits: ${unknown.join(', ')}; "ops dead-letters list" shows them. Nothing was done.`,
    );
    return 1;
  }
  const job = await doJob(
    projection,
    'replay',
    { ...options, tell: ({ progress }) => say(`${name}: ${progressLine(progress!)}`) },
    chosen.length > 0 ? { ids: chosen } : {},
  );
  process.stdout.write(`${name}: ${outcomeOf(job)}\n`);
  return job.state === 'succeeded' ? 0 : 1;
}

export async function discardDeadLetters(
  ids: readonly string[],
  options: Where & { readonly reason: string },
): Promise<number> {
  const chosen = numberedIds(ids, 'dead letter');
  return withPool(options, async (pool) => {
    const count = await new PostgresDeadLetters(pool, []).discard(chosen, options.reason);
    process.stdout.write(`${count} of ${chosen.length} discarded\n`);
    if (count < chosen.length) say('the others are unknown, or were replayed or discarded before');
    return count === chosen.length ? 0 : 1;
  });
}
