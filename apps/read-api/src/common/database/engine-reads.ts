import type { Pool } from 'pg';
import type { ReadDatabase } from './read-database';

/**
 * The read database as what the engine's reading functions ask of a pool, which is its `query` alone. Times come
 * as epoch milliseconds instead of dates: `isoOf` takes either.
 */
export function engineReads(database: Pick<ReadDatabase, 'query'>): Pool {
  const query = async (sql: string, parameters: readonly unknown[] = []): Promise<{ rows: unknown[] }> => ({
    rows: await database.query(sql, parameters),
  });
  return { query } as unknown as Pool;
}

export function isoOf(time: Date): string;
export function isoOf(time: Date | null): string | null;
export function isoOf(time: Date | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
