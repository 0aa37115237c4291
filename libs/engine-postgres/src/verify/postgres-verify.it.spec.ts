import { setTimeout as sleep } from 'node:timers/promises';
import { relationsOf } from '@app/engine/adapters';
import {
  everything,
  live,
  liveOn,
  postgresFor,
  testEvent,
  verified,
  verifiedPostgres,
  verifyStoreContract,
} from '@app/testing';
import fc from 'fast-check';
import { Pool } from 'pg';
import { GenerationMismatch } from '../generations/generations';
import { digestSql } from './digest-sql';
import { PostgresVerify } from './postgres-verify';

/** A person who is not in the generated events, which erase each other's persons. */
const STRANGER = '00000000-0000-4000-8000-00000000000b';

const postgres = postgresFor(everything);

describe('verification of the store in Postgres', () => {
  verifyStoreContract(
    async () => verifiedPostgres(postgres.pool, postgres.schema, await postgres.empty()),
    60,
  );

  const open = async () => {
    const under = verifiedPostgres(postgres.pool, postgres.schema, await postgres.empty());
    const events = fc.sample(testEvent, { numRuns: 20, seed: 2 });
    return { under, life: await live(under, [{ topic: 'left', partition: 0, events }]) };
  };
  const { signal } = new AbortController();

  it('does not wait for writers, and writers do not wait for it', async () => {
    const { under, life } = await open();
    const writer = await postgres.pool.connect();
    try {
      await writer.query('BEGIN');
      await writer.query('SELECT FROM engine.checkpoint FOR UPDATE');
      await writer.query(`UPDATE "${postgres.schema}".thing SET label = 'not committed'`);
      expect((await verified(life, under.verify)).outcome).toBe('clean');
      await writer.query('ROLLBACK');
    } finally {
      writer.release();
    }
  });

  it('takes only the lock of a reader, and releases it', async () => {
    const { under, life } = await open();
    const locks = async () => {
      const { rows } = await postgres.pool.query<{ mode: string }>(
        `SELECT DISTINCT mode FROM pg_locks JOIN pg_class AS c ON c.oid = relation
           JOIN pg_namespace AS n ON n.oid = relnamespace WHERE nspname IN ($1, 'engine')`,
        [postgres.schema],
      );
      return rows.map(({ mode }) => mode);
    };
    const client = await postgres.pool.connect();
    let during: string[] = [];
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      for (const relation of relationsOf(everything))
        await client.query(digestSql(postgres.schema, relation), [64]);
      during = await locks();
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    expect(during).toEqual(['AccessShareLock']);
    expect((await verified(life, under.verify)).outcome).toBe('clean');
    expect(await locks()).toEqual([]);
  });

  it('ends its query in the database when it is aborted', async () => {
    await open();
    const blocker = await postgres.pool.connect();
    try {
      await blocker.query('BEGIN');
      await blocker.query(`LOCK TABLE "${postgres.schema}".thing IN ACCESS EXCLUSIVE MODE`);
      const abort = new AbortController();
      const verification = new PostgresVerify(postgres.pool, everything).digests(64, abort.signal);
      const waiting = async () => {
        // On another connection, since within a transaction Postgres repeats its first answer.
        const { rows } = await postgres.pool
          .query(`SELECT FROM pg_stat_activity WHERE query LIKE '%record_send%'
          AND wait_event_type = 'Lock' AND state = 'active'`);
        return rows.length;
      };
      await until(async () => (await waiting()) > 0);
      abort.abort(new Error('enough'));
      await expect(verification).rejects.toThrow('enough');
      await until(async () => (await waiting()) === 0);
      await blocker.query('ROLLBACK');
    } finally {
      blocker.release();
    }
  });

  it('may let one of its transactions wait for the other for longer than the idle timeout', async () => {
    await open();
    const options = '-c idle_in_transaction_session_timeout=200ms';
    const impatient = new Pool({ connectionString: postgres.url, application_name: 'impatient', options });
    impatient.on('error', () => undefined);
    impatient.on('connect', (client) => client.on('error', () => undefined));
    const many = async (condition: string): Promise<number> => {
      const { rows } = await postgres.pool.query(
        `SELECT FROM pg_stat_activity WHERE application_name = 'impatient' AND ${condition}`,
      );
      return rows.length;
    };
    // The erased persons are read before the rows.
    const [, first, second] = relationsOf(everything);
    const blockers = await Promise.all([postgres.pool.connect(), postgres.pool.connect()]);
    try {
      for (const [i, relation] of [first!, second!].entries()) {
        await blockers[i]!.query('BEGIN');
        await blockers[i]!.query(
          `LOCK TABLE "${postgres.schema}"."${relation.name}" IN ACCESS EXCLUSIVE MODE`,
        );
      }
      const digests = new PostgresVerify(impatient, everything).digests(64, signal);
      digests.catch(() => undefined);
      await until(async () => (await many(`wait_event_type = 'Lock'`)) === 2);
      await blockers[0].query('ROLLBACK');
      const idle = `state = 'idle in transaction' AND state_change < clock_timestamp() - interval '1 s'`;
      await until(async () => (await many(idle)) === 1 || (await many('true')) === 1);
      await blockers[1].query('ROLLBACK');
      expect((await digests).digests.size).toBe([...relationsOf(everything)].length);
    } finally {
      for (const blocker of blockers) blocker.release(true);
      await impatient.end();
    }
  });

  it('verifies the requested generation if it is live and of this declaration', async () => {
    const { life } = await open();
    const id = Number(/g(\d+)$/.exec(postgres.schema)![1]);
    const of = (generation: number) => new PostgresVerify(postgres.pool, everything, generation);
    expect(await verified(life, of(id))).toMatchObject({ outcome: 'clean', generation: id });
    await expect(verified(life, of(id + 1))).rejects.toThrow('is not live');
    const changed = { ...everything, topics: ['left'] };
    await expect(new PostgresVerify(postgres.pool, changed).digests(64, signal)).rejects.toThrow(
      GenerationMismatch,
    );
  });

  it('is exact to the byte for long texts, of which it lists the beginning', async () => {
    const { under, life } = await open();
    const [event] = fc.sample(testEvent, { numRuns: 1, seed: 8 });
    const note = '😀é'.repeat(50_000);
    await liveOn(under, life.log, [
      { topic: 'left', partition: 1, events: [{ ...event!, name: 'a', who: STRANGER, values: { note } }] },
    ]);
    expect((await verified(life, under.verify)).outcome).toBe('clean');
    await postgres.pool.query(
      `UPDATE "${postgres.schema}".thing SET note = note || '!' WHERE length(note) > 1000`,
    );
    const report = await verified(life, under.verify);
    const [difference] = report.comparedRows!.rows.listed;
    expect(difference!.columns).toEqual(['note']);
    expect(difference!.log!['note']).toMatch(/^(😀é){100}… \(300000 bytes, md5 [0-9a-f]{32}\)$/u);
    expect(difference!.stored!['note']).toMatch(/^(😀é){100}… \(300001 bytes, md5 [0-9a-f]{32}\)$/u);
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; !(await holds()); await sleep(20))
    if (Date.now() > deadline) throw new Error('waited in vain');
}
