import { NO_HEADERS, foldChunks } from '@app/engine/adapters';
import { everything, postgresFor, type TestEvent } from '@app/testing';
import type { Pool } from 'pg';
import { writePool } from '../database';
import { migrateEngine } from '../migrations/migrate';
import { openGenerations } from '../generations/generations';
import { PostgresStore } from './postgres-store';

const AT = Date.UTC(2026, 0, 1);
const EVENT: TestEvent = {
  ...{ workspace: 'default', id: '00000000-0000-4000-8000-00000000000a', name: 'a', time: AT, rank: 0 },
  ...{ who: '00000000-0000-4000-8000-00000000000b', what: 'x', values: { label: 'first', at: AT } },
};
const LATER: TestEvent = {
  ...{ ...EVENT, id: '00000000-0000-4000-8000-00000000000c', time: AT + 1 },
  values: { label: 'later', at: AT },
};
const VIEWS = [...everything.tables, ...everything.tallies].map(({ name }) => name);
const LONG_AGO = '2000-01-01T00:00:00.000Z';

const postgres = postgresFor(everything);

async function commit(
  topic: string,
  offset: number,
  event: TestEvent,
  pool: Pool = postgres.pool,
): Promise<void> {
  const store = new PostgresStore(pool, [everything]);
  const [live] = await store.live([everything]);
  const record = { offset, key: null, value: Buffer.from('{}'), headers: NO_HEADERS, timestamp: 0 };
  const records = [{ record, decoded: { ok: true as const, event } }];
  const fold = foldChunks(everything, [{ topic, partition: 0, from: offset, to: offset + 1, records }]);
  const outcome = await store.commit({
    ...fold,
    projection: everything.name,
    generation: live!.generation,
  });
  expect(outcome).toMatchObject({ outcome: 'committed' });
}

/** Makes all rows look as if they had been written long ago, by a generation that has been active even longer. */
async function age(): Promise<void> {
  await postgres.pool.query(`UPDATE engine.generation SET activated_at = '1999-01-01Z'`);
  for (const name of VIEWS)
    await postgres.pool.query(`UPDATE "${postgres.schema}"."${name}" SET changed_at = $1`, [LONG_AGO]);
}

/** The times that the rows of each view show; views without rows are left out. */
async function changedAt(): Promise<Record<string, readonly string[]>> {
  const shown: Record<string, readonly string[]> = {};
  for (const name of VIEWS) {
    const { rows } = await postgres.pool.query<{ at: Date }>(
      `SELECT DISTINCT changed_at AS at FROM read_models."${name}" ORDER BY 1`,
    );
    if (rows.length > 0) shown[name] = rows.map(({ at }) => at.toISOString());
  }
  return shown;
}

describe('when a row was last written', () => {
  beforeEach(async () => {
    await postgres.empty();
    await commit('left', 0, EVENT);
    await age();
  });

  it('is the time of the transaction that made or changed it, in tables and counts', async () => {
    const before = Date.now() - 1_000;
    await commit('left', 1, LATER);
    const shown = await changedAt();
    expect(Object.keys(shown)).toEqual(expect.arrayContaining(['thing', 'trace', 'crowd', 'thing_counts']));
    for (const view of ['thing', 'shared_thing', 'crowd', 'trace_days'])
      expect(Date.parse(shown[view]!.at(-1)!)).toBeGreaterThan(before);
    // The two events have different rows.
    expect(shown['trace']![0]).toBe(LONG_AGO);
  });

  it('stays where a redelivery changes nothing but the position', async () => {
    await commit('left', 1, EVENT);
    const { rows } = await postgres.pool.query('SELECT position::integer FROM read_models.trace');
    expect(rows).toEqual([{ position: 1 }]);
    for (const times of Object.values(await changedAt())) expect(times).toEqual([LONG_AGO]);
  });

  it('is the newest of all shards', async () => {
    await commit('right', 0, LATER);
    const { rows } = await postgres.pool.query<{ at: Date }>(
      `SELECT changed_at AS at FROM "${postgres.schema}".shared_thing ORDER BY 1`,
    );
    expect(rows).toHaveLength(2);
    expect((await changedAt())['shared_thing']).toEqual([rows[1]!.at.toISOString()]);
  });

  it('is not before the moment at which its generation became active', async () => {
    const [since] = (
      await postgres.pool.query<{ at: Date }>(
        'UPDATE engine.generation SET activated_at = now() RETURNING activated_at AS at',
      )
    ).rows;
    for (const times of Object.values(await changedAt())) expect(times).toEqual([since!.at.toISOString()]);
  });

  it('is added to existing tables when their database is migrated', async () => {
    for (const name of VIEWS)
      await postgres.pool.query(`ALTER TABLE "${postgres.schema}"."${name}" DROP COLUMN changed_at CASCADE`);
    for (const { name } of everything.tables)
      await postgres.pool.query(`DROP TYPE "${postgres.schema}"."${name}$row"`);
    await postgres.pool.query(
      `DELETE FROM engine.migration WHERE name LIKE 'ChangedAt%' OR name LIKE 'RowTypes%'`,
    );
    await postgres.pool.query(`UPDATE engine.generation SET views = '[]'`);
    await migrateEngine(postgres.pool, postgres.url);
    await openGenerations(postgres.pool, [everything]);
    // Earlier connections have prepared their statements for types that no longer exist.
    const pool = writePool(postgres.url, 'test', 1);
    try {
      await commit('left', 1, LATER, pool);
    } finally {
      await pool.end();
    }
    expect(Object.keys(await changedAt())).toEqual(expect.arrayContaining(['thing', 'thing_counts']));
  });
});
