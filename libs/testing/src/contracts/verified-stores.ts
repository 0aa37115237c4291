import type { AnyReadModel, Tally, Row, Stored } from '@app/engine';
import { columnOf } from '@app/engine/adapters';
import { MemoryStore, MemoryVerifyStore } from '@app/engine-memory';
import { PostgresVerify } from '@app/engine-postgres';
import type { Pool } from 'pg';
import { everything } from './everything';
import type { StoreUnderTest } from './projection-store.contract';
import type { Named, VerifiedStore } from './verify-store.contract';

/** The store in memory, for the test projection. */
export function verifiedMemory(): VerifiedStore & { readonly store: MemoryStore } {
  const store = new MemoryStore([everything]);
  const { tables, deadLetters } = store.serving(everything.name);
  const rowOf = (table: AnyReadModel, key: Named): readonly [string, Row] =>
    [...tables.rawRows(table)!].find(([, row]) =>
      table.keys.every(({ name, index }) => row[index] === key[name]),
    )!;
  const set = (table: AnyReadModel, row: Row, values: Named): void => {
    for (const [name, value] of Object.entries(values)) row[columnOf(table, name).index] = value;
  };
  return {
    store,
    rowsOf: (table) => Promise.resolve(store.rowsOf(table)),
    groupsOf: (tally) => Promise.resolve(store.groupsOf(tally)),
    deadLetters: () => Promise.resolve([...store.deadLetters]),
    verify: new MemoryVerifyStore(store, everything),
    change: async (table, key, values) => set(table, rowOf(table, key)[1], values),
    nudge: async (table, key, column) => {
      const [, row] = rowOf(table, key);
      const { index } = columnOf(table, column);
      row[index] = (row[index] as number) + 1;
    },
    remove: async (table, key) => void tables.rawRows(table)!.delete(rowOf(table, key)[0]),
    insert: async (table, values) => {
      const row = new Array<Stored>(table.columns.length).fill(null);
      set(table, row, values);
      tables.rawRows(table)!.set(JSON.stringify(values), row);
    },
    miscount: async (tally, key, measure) => {
      const group = JSON.stringify(tally.keys.map(({ name }) => key[name]));
      const counts = tables.rawCounts(tally, group);
      counts[tally.measures.findIndex(({ name }) => name === measure)]!++;
    },
    resolve: async ({ offset, state }) => {
      const letter = deadLetters.find((each) => each.offset === offset)!;
      letter.state = state;
    },
  };
}

/** A store in Postgres whose projection has a generation in `schema`, for the test projection. */
export function verifiedPostgres(pool: Pool, schema: string, under: StoreUnderTest): VerifiedStore {
  const values = (table: AnyReadModel, named: Named): string[] =>
    Object.entries(named).map(([name, value]) => {
      const { sqlName, type } = columnOf(table, name);
      const text =
        type.name === 'instant' && value !== null ? new Date(value as number).toISOString() : value;
      const literal = text === null ? 'NULL' : `'${String(text).replaceAll("'", "''")}'`;
      return `"${sqlName}" = ${literal}::${type.sql.split(' ')[0]}`;
    });
  const where = (table: AnyReadModel, key: Named): string => `WHERE ${values(table, key).join(' AND ')}`;
  const change = async (sql: string): Promise<void> => {
    const { rowCount } = await pool.query(sql);
    expect(rowCount).toBe(1);
  };
  const nameOf = (table: AnyReadModel | Tally): string => `"${schema}"."${table.name}"`;
  return {
    ...under,
    verify: new PostgresVerify(pool, everything),
    change: (table, key, to) =>
      change(`UPDATE ${nameOf(table)} SET ${values(table, to).join(', ')} ${where(table, key)}`),
    nudge: (table, key, column) => {
      const name = `"${columnOf(table, column).sqlName}"`;
      return change(
        `UPDATE ${nameOf(table)} SET ${name} = ${name} + interval '1 microsecond' ${where(table, key)}`,
      );
    },
    remove: (table, key) => change(`DELETE FROM ${nameOf(table)} ${where(table, key)}`),
    insert: (table, row) => {
      const parts = values(table, row).map((part) => part.split(' = '));
      const names = parts.map(([name]) => name).join(', ');
      return change(
        `INSERT INTO ${nameOf(table)} (${names}) VALUES (${parts.map(([, sql]) => sql).join(', ')})`,
      );
    },
    miscount: (tally, key, measure) => {
      const keys = tally.keys.map(({ sqlName }) => `"${sqlName}"`).join(', ');
      const { sqlName } = tally.measures.find(({ name }) => name === measure)!;
      const group = tally.keys.map(({ name }) => `'${String(key[name])}'`).join(', ');
      return change(
        `INSERT INTO ${nameOf(tally)} AS t (${keys}, "shard", "${sqlName}") VALUES (${group}, 99, 1)`,
      );
    },
    resolve: ({ topic, partition, offset, state }) =>
      change(
        `UPDATE engine.dead_letter SET state = '${state}'
          WHERE (topic, partition, record_offset) = ('${topic}', ${partition}, ${offset})`,
      ),
  };
}
