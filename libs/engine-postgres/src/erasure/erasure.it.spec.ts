import { setTimeout as sleep } from 'node:timers/promises';
import { NO_HEADERS, foldChunks, type BatchCommit } from '@app/engine/adapters';
import {
  Crowd,
  everything,
  Gone,
  postgresFor,
  Shared,
  Thing,
  ThingCounts,
  Trace,
  TraceDays,
  type StoreUnderTest,
  type TestEvent,
} from '@app/testing';
import type { PoolClient } from 'pg';
import { proveInTables } from './erasure-proof';
import { Erasures } from './erasures';
import { PostgresStore } from '../live/postgres-store';

const WHO = '00000000-0000-4000-8000-00000000000b';
const AT = Date.UTC(2026, 0, 1);
const EVENT: TestEvent = {
  ...{ workspace: 'default', id: '00000000-0000-4000-8000-00000000000a', name: 'a', time: AT, rank: 0 },
  ...{ who: WHO, what: 'x', values: { label: 'first', at: AT } },
};
const ERASE: TestEvent = { ...EVENT, id: '00000000-0000-4000-8000-00000000000e', name: 'erase' };
const LATER: TestEvent = {
  ...{ ...EVENT, id: '00000000-0000-4000-8000-00000000000c', time: AT + 1 },
  values: { label: 'later', at: AT },
};

const postgres = postgresFor(everything);

function batchIn(generation: number, topic: string, at: number, event: TestEvent): BatchCommit {
  const record = { offset: at, key: null, value: Buffer.from('{}'), headers: NO_HEADERS, timestamp: 0 };
  const records = [{ record, decoded: { ok: true as const, event } }];
  const fold = foldChunks(everything, [{ topic, partition: 0, from: at, to: at + 1, records }]);
  return { ...fold, projection: everything.name, generation };
}

describe('two processes, one of which erases a person of whom the other has an event', () => {
  let under: StoreUnderTest;
  let one: PostgresStore;
  let other: PostgresStore;
  let generation: number;
  let blocker: PoolClient;

  beforeEach(async () => {
    under = await postgres.empty();
    [one, other] = [
      new PostgresStore(postgres.pool, [everything]),
      new PostgresStore(postgres.pool, [everything]),
    ];
    // Both have read that nobody is erased.
    [generation] = (await Promise.all(
      [one, other].map(async (store) => (await store.live([everything]))[0]!.generation),
    )) as [number];
    await one.commit(batchOf('left', 0, EVENT));
    blocker = await postgres.pool.connect();
    await blocker.query('BEGIN');
    await blocker.query(`SELECT FROM "${postgres.schema}".thing WHERE who = $1 FOR UPDATE`, [WHO]);
  });

  afterEach(() => blocker.release(true));

  const batchOf = (topic: string, at: number, event: TestEvent): BatchCommit =>
    batchIn(generation, topic, at, event);

  /** Resolves once a transaction waits for a row, or for others that write to the generation. */
  const waits = async (lock: 'transactionid' | 'advisory'): Promise<void> => {
    for (const deadline = Date.now() + 30_000; ; await sleep(10)) {
      const { rowCount } = await postgres.pool.query(
        `SELECT FROM pg_locks WHERE NOT granted AND locktype = $1`,
        [lock],
      );
      if (rowCount) return;
      if (Date.now() > deadline) throw new Error(`no transaction waits for a lock of ${lock}`);
    }
  };

  const expectNothingLeft = async (): Promise<void> => {
    for (const table of [Thing, Trace, Crowd]) expect(await under.rowsOf(table)).toEqual([]);
    for (const tally of [ThingCounts, TraceDays]) expect(await under.groupsOf(tally)).toEqual([]);
    expect(await under.rowsOf(Gone)).toMatchObject([{ who: WHO }]);
    // What the event contributes to other tables stays.
    expect(await under.rowsOf(Shared)).toMatchObject([{ what: 'x', label: 'later' }]);
  };

  it('deletes the rows that an earlier transaction merges', async () => {
    const merging = one.commit(batchOf('left', 1, LATER));
    await waits('transactionid');
    const erasing = other.commit(batchOf('right', 0, ERASE));
    await waits('advisory');
    await blocker.query('ROLLBACK');
    expect(await merging).toEqual({ outcome: 'committed', unchanged: [0], erased: [0] });
    expect(await erasing).toMatchObject({ outcome: 'committed' });
    await expectNothingLeft();
  });

  it('does not let a concurrent transaction merge rows of the person', async () => {
    const erasing = other.commit(batchOf('right', 0, ERASE));
    await waits('transactionid');
    const merging = one.commit(batchOf('left', 1, LATER));
    await waits('advisory');
    await blocker.query('ROLLBACK');
    expect(await erasing).toMatchObject({ outcome: 'committed' });
    expect(await merging).toEqual({ outcome: 'committed', unchanged: [0], erased: [1] });
    await expectNothingLeft();
  });

  it('erases nobody when the transaction fails, and everybody at the next attempt', async () => {
    const erasing = other.commit(batchOf('right', 0, ERASE));
    await waits('transactionid');
    await postgres.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'`,
    );
    await expect(erasing).rejects.toThrow();
    await blocker.query('ROLLBACK');
    expect(await other.commit(batchOf('left', 1, LATER))).toMatchObject({ erased: [0] });
    expect(await under.rowsOf(Trace)).toHaveLength(2);
    expect(await other.commit(batchOf('right', 0, ERASE))).toMatchObject({ outcome: 'committed' });
    await expectNothingLeft();
  });
});

describe('the proof of an erasure', () => {
  const NAMED = '00000000-0000-4000-8000-00000000000f';

  const proof = async (uid: string) => {
    const proofs = await proveInTables(postgres.pool, [uid, NAMED], 'default', ['who'], () => undefined);
    const of = (all: 'rows' | 'mentions') =>
      proofs.flatMap((each) => (each[all].has(uid) ? [each.table.replace(/.*\./, '')] : [])).sort();
    return { theirs: of('rows'), others: of('mentions') };
  };

  it('distinguishes rows of the person from rows of others that mention the person', async () => {
    await postgres.empty();
    const store = new PostgresStore(postgres.pool, [everything]);
    const generation = (await store.live([everything]))[0]!.generation;
    const values = { label: `knows ${NAMED.toUpperCase()}`, at: AT };
    await store.commit(batchIn(generation, 'left', 0, { ...EVENT, values }));
    expect(await proof(NAMED)).toEqual({ theirs: [], others: ['shared_thing', 'thing'] });
    expect((await proof(WHO)).theirs).toEqual(['thing', 'trace', 'trace_days']);
  });

  it('covers rows that a verification has listed as different', async () => {
    const registry = new Erasures(postgres.pool);
    const outcome = { outcome: 'differs', records: 3, rows: { listed: [{ key: { who: NAMED } }] } };
    await postgres.pool.query(
      `INSERT INTO engine.job (projection, version, kind, requested_by, state, finished_at, outcome)
       VALUES ('everything', 1, 'verify', 'admin', 'succeeded', now(), $1)`,
      [JSON.stringify(outcome)],
    );
    await registry.forgetOutcomes();
    expect(await proof(NAMED)).toMatchObject({ theirs: ['job'] });
    await registry.request([{ workspace: 'default', jimerUid: NAMED }], 'admin');
    await registry.forgetOutcomes();
    expect(await proof(NAMED)).toMatchObject({ theirs: [] });
    const { rows } = await postgres.pool.query('SELECT outcome FROM engine.job');
    expect(rows).toEqual([{ outcome: { outcome: 'differs', records: 3 } }]);
  });
});

it('rows and dead letters that mention a person are found by an index', async () => {
  await postgres.empty();
  const { rows } = await postgres.pool.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_indexes
      WHERE schemaname IN ('engine', $1) AND indexdef ~ 'USING gin \\((people|mentions)\\)' ORDER BY 1`,
    [postgres.schema],
  );
  expect(rows.map(({ name }) => name)).toEqual(['crowd', 'dead_letter']);
});
