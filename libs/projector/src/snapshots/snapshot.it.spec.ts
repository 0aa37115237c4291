import { decodeEvent, generateEvents, jimerErased, loggedAt, Observations } from '@app/catalog';
import { requestDrop, retireExpired } from '@app/engine-postgres';
import { PROJECTIONS } from '@app/projections';
import { recordOf, systemRecordOf, testBrokers, type Placed } from '@app/testing';
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { JobsFixture } from '../jobs/jobs.fixture';

const BEGIN = Date.UTC(2026, 0, 1);
const SECOND = 1_000;

const named = (name: string) => PROJECTIONS.find((projection) => projection.name === name)!;

/** Appended a second apart, in another order than that of their times. */
function life(events: number): Placed[] {
  const generated = generateEvents({
    ...{ seed: 11, jimers: 12, experiences: 5, events, days: 5 },
    ...{ redeliveryRate: 0.2, requestRate: 0.1 },
  });
  return [...generated].map(({ body }, i) => {
    const placed = recordOf(body, 0);
    return { ...placed, record: { ...placed.record, timestamp: BEGIN + i * SECOND } };
  });
}

const jimerOf = (placed: Placed): string =>
  (JSON.parse(placed.record.value!.toString()) as { readonly jimer?: { readonly uid: string } }).jimer?.uid ??
  '';

function erasureOf(uid: string, timestamp: number): Placed {
  const about = { workspace: 'default', time: timestamp, by: 'spec', jimer: { uid } };
  return systemRecordOf(jimerErased({ ...about, topic: 'jimo.engagement' }), timestamp);
}

const records = life(240);
const until = new Date(BEGIN + 120 * SECOND);
const before = records.filter(({ record }) => record.timestamp <= until.getTime());

let live: JobsFixture;
/** Knows nothing but what the log said until then. */
let then: JobsFixture;

beforeAll(async () => {
  live = await JobsFixture.open(named('journeys'));
  then = await JobsFixture.open(named('journeys'));
});

afterAll(async () => {
  await live?.close();
  await then?.close();
});

const parameters = (name: string) => ({ name, until: until.toISOString(), note: 'for the spec' });

it('is what the log made of the tables until then, whatever has come since, and is verified with it', async () => {
  await then.append(before);
  await then.apply();
  await live.append(records);
  await live.apply();
  const job = await live.run('snapshot', parameters('then'));
  expect(job).toMatchObject({
    state: 'succeeded',
    outcome: { name: 'then', verified: 'clean', records: before.length },
  });
  expect(await live.tables('then')).toEqual(await then.tables());
  expect(await live.tables()).not.toEqual(await then.tables());
});

it('is as it was made, and no comparison with the log can tell more', async () => {
  const job = await live.run('verify-snapshot', { name: 'then' });
  expect(job.outcome).toMatchObject({
    ...{ outcome: 'indeterminate', asMade: true },
    reasons: [expect.stringContaining('compaction') as string],
  });
});

it('has no batch applied, but every erasure, in the transaction of the batch that erases', async () => {
  const uid = before.map(jimerOf).find((each) => each !== '')!;
  const text = async (snapshot?: string) => JSON.stringify(await live.tables(snapshot));
  expect(await text('then')).toContain(uid);
  await live.append([erasureOf(uid, BEGIN + 500 * SECOND)], true);
  await live.apply();
  await then.append([erasureOf(uid, BEGIN + 500 * SECOND)], true);
  await then.apply();

  const { journeys_erased: erased, ...tables } = await live.tables('then');
  expect(erased).toEqual([expect.stringContaining(uid)]);
  expect({ ...tables, journeys_erased: [] }).toEqual({ ...(await then.tables()), journeys_erased: [] });
  expect(JSON.stringify(tables)).not.toContain(uid);
  expect((await live.run('verify-snapshot', { name: 'then' })).outcome).toMatchObject({ asMade: true });
});

it('knows of an erasure that is later than its time, when it is made after it', async () => {
  const job = await live.run('snapshot', parameters('later'));
  expect(job).toMatchObject({ state: 'succeeded', outcome: { verified: 'clean' } });
  const { journeys_erased: erased, ...tables } = await live.tables('later');
  expect(erased).toHaveLength(1);
  expect({ ...tables, journeys_erased: [] }).toEqual({ ...(await then.tables()), journeys_erased: [] });
});

it('differs from what it was when somebody has written to its tables', async () => {
  const { rows } = await live.pool.query<{ schema: string }>(
    `SELECT schema_name AS schema FROM engine.generation WHERE snapshot = 'later'`,
  );
  const { schema } = rows[0]!;
  await live.pool.query(`UPDATE ${schema}.journey SET first_seen_at = now() WHERE ctid IN
    (SELECT ctid FROM ${schema}.journey LIMIT 1)`);
  const { outcome } = await live.run('verify-snapshot', { name: 'later' });
  expect(outcome).toMatchObject({ outcome: 'differs', asMade: false });
  const differing = (outcome!['tables'] as { table: string; differs: boolean }[]).filter((t) => t.differs);
  expect(differing.map(({ table }) => table)).toContain('journey');
});

it('is not made twice under one name', async () => {
  expect(await live.run('snapshot', parameters('then'))).toMatchObject({
    state: 'failed',
    outcome: { reason: expect.stringContaining('has a snapshot then already') as string },
  });
});

it('is told by its job even if that was killed when it had been kept', async () => {
  const once = await live.run('snapshot', parameters('killed'));
  await live.pool.query(
    `UPDATE engine.job SET state = 'queued', finished_at = NULL, outcome = NULL WHERE id = $1`,
    [once.id],
  );
  expect(await live.run('snapshot', parameters('killed'))).toMatchObject({
    ...{ id: once.id, state: 'succeeded' },
    outcome: { ...once.outcome, seconds: expect.any(Number) as number },
  });
});

it('is made once more where it differs from a log that compaction may have changed, and then given up', async () => {
  // Tables that differ stand for a log that does.
  const damagedUnless = (condition: string) =>
    live.pool.query(`CREATE OR REPLACE FUNCTION damage() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.state = 'snapshot-checking' AND NOT (${condition}) THEN
        EXECUTE format('DELETE FROM %I.journey', NEW.schema_name);
      END IF; RETURN NEW; END $$`);
  const admin = new Kafka({ brokers: [testBrokers()], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const configEntries = [
    { name: 'cleanup.policy', value: 'compact' },
    { name: 'min.compaction.lag.ms', value: String(86_400_000) },
  ];
  const resource = { type: ConfigResourceTypes.TOPIC, name: live.topic, configEntries };
  await admin.alterConfigs({ validateOnly: false, resources: [resource] });
  await admin.disconnect();
  await damagedUnless(
    `EXISTS (SELECT FROM engine.generation WHERE snapshot = NEW.snapshot AND state = 'cancelled')`,
  );
  await live.pool.query(
    'CREATE TRIGGER damage AFTER UPDATE ON engine.generation FOR EACH ROW EXECUTE FUNCTION damage()',
  );
  expect(await live.run('snapshot', parameters('once_more'))).toMatchObject({
    ...{ state: 'succeeded', outcome: { verified: 'clean' } },
  });
  await damagedUnless('false');
  expect(await live.run('snapshot', parameters('given_up'))).toMatchObject({
    ...{
      state: 'failed',
      outcome: { reason: expect.stringContaining('is not what the log makes') as string },
    },
  });
  await live.pool.query('DROP TRIGGER damage ON engine.generation');
});

it('is dropped with its views, and its name is free again', async () => {
  expect(await requestDrop(live.pool, 'later', 'spec')).toEqual(['journeys']);
  expect(await requestDrop(live.pool, 'later', 'spec')).toEqual([]);
  await retireExpired(live.pool, ['journeys'], 1e9);
  const { rows } = await live.pool.query(
    `SELECT nspname FROM pg_namespace WHERE nspname = 'read_models_later'
     UNION ALL SELECT schema_name FROM engine.generation JOIN pg_namespace ON nspname = schema_name WHERE snapshot = 'later'`,
  );
  expect(rows).toEqual([]);
  expect(await live.run('snapshot', parameters('later'))).toMatchObject({ state: 'succeeded' });
});

it('is verified against the snapshot alone by a verification of what serves', async () => {
  expect((await live.run('verify')).outcome).toMatchObject({ outcome: 'clean' });
});

describe('what stands for the event of somebody who is erased', () => {
  it('counts since that event was appended', async () => {
    const made = before.map(({ record }) => decodeEvent(record)).flatMap((d) => (d.ok ? [d.event] : []));
    const observations = new Observations();
    for (const event of made) observations.add(event, true);
    const standIns = observations.records().map((record) => systemRecordOf(record, BEGIN + 900 * SECOND));
    expect(standIns.length).toBeGreaterThan(0);
    for (const { record } of standIns) expect(loggedAt(record)).toBeLessThanOrEqual(until.getTime());

    const all = await JobsFixture.open(named('experiences'));
    try {
      await all.append(before);
      await all.apply();
      await all.run('snapshot', parameters('with_events'));
      await all.append(standIns);
      await all.apply();
      await all.run('snapshot', parameters('with_stand_ins'));
      const job = await all.run('snapshot', {
        name: 'before',
        until: new Date(BEGIN - SECOND).toISOString(),
      });
      expect(job).toMatchObject({ state: 'succeeded', outcome: { rows: 0 } });
      const titles = async (snapshot: string) => {
        const { rows } = await all.pool.query<object>(
          `SELECT experience_uid, title, type FROM read_models_${snapshot}.experience ORDER BY 1`,
        );
        return rows;
      };
      expect(await titles('with_stand_ins')).toEqual(await titles('with_events'));
    } finally {
      await all.close();
    }
  });
});
