import { generateEvents, jimerErased } from '@app/catalog';
import { PROJECTIONS } from '@app/projections';
import { recordOf, systemRecordOf, type Placed } from '@app/testing';
import { JobsFixture } from '../jobs/jobs.fixture';

const NOW = Date.now();
const PROJECTION = PROJECTIONS.find(({ name }) => name === 'journeys')!;

let fixture: JobsFixture;
let records: Placed[];
let schema: string;

const jimerOf = ({ record }: Placed): string =>
  (JSON.parse(record.value!.toString()) as { readonly jimer?: { readonly uid: string } }).jimer?.uid ?? '';

beforeAll(async () => {
  fixture = await JobsFixture.open(PROJECTION);
  const life = generateEvents({
    seed: 3,
    jimers: 10,
    experiences: 4,
    events: 300,
    days: 3,
    redeliveryRate: 0.2,
  });
  records = [...life].map(({ body }, i) => {
    const placed = recordOf(body, 0);
    return { ...placed, record: { ...placed.record, timestamp: NOW - 400_000 + i } };
  });
  await fixture.append(records.slice(0, 200));
  await fixture.apply();
  const { rows } = await fixture.pool.query<{ schema: string }>(
    `SELECT schema_name AS schema FROM engine.generation WHERE state = 'active'`,
  );
  schema = rows[0]!.schema;
});

afterAll(() => fixture?.close());

const damage = (sql: string) => fixture.pool.query(sql.replaceAll('$schema', schema));
const verified = async () => (await fixture.run('verify')).outcome!['outcome'];
const repaired = async (parameters: object) => (await fixture.run('repair', { ...parameters })).outcome!;

/** A person with many rows. */
const someone = (): string => {
  const counts = new Map<string, number>();
  for (const uid of records.slice(0, 200).map(jimerOf))
    if (uid !== '') counts.set(uid, (counts.get(uid) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]![0];
};

it('changes nothing where nothing is wrong', async () => {
  const before = await fixture.tables();
  expect(await repaired({ jimers: [{ uid: someone() }] })).toMatchObject({ corrected: 0, notNamed: 0 });
  expect(await fixture.tables()).toEqual(before);
});

it("corrects a person's rows and counts that somebody has damaged, while live batches go on", async () => {
  const uid = someone();
  await damage(`UPDATE $schema.journey SET started_at = started_at - interval '3 days', last_event_at = now()
                 WHERE jimer_uid = '${uid}' AND started_at IS NOT NULL`);
  await damage(`DELETE FROM $schema.touch WHERE ctid IN
                 (SELECT ctid FROM $schema.touch WHERE jimer_uid = '${uid}' LIMIT 2)`);
  await damage(`UPDATE $schema.funnel SET started = started + 7 WHERE (experience_uid, day) IN
                 (SELECT experience_uid, (started_at AT TIME ZONE 'UTC')::date FROM $schema.journey WHERE jimer_uid = '${uid}')`);
  expect(await verified()).toBe('differs');
  await fixture.append(records.slice(200, 260));
  const [outcome] = await Promise.all([
    repaired({ jimers: [{ uid, workspace: 'default' }] }),
    fixture.apply(),
  ]);
  expect(outcome['corrected']).toBeGreaterThan(2);
  await fixture.apply();
  expect(await verified()).toBe('clean');
});

it('corrects what a verification named: rows of persons and of nobody, and groups of tallies', async () => {
  await damage(`UPDATE $schema.known_task SET name = 'damaged'`);
  await damage(`DELETE FROM $schema.journey WHERE ctid IN (SELECT ctid FROM $schema.journey LIMIT 1)`);
  await damage(`INSERT INTO $schema.funnel (workspace, experience_uid, day, shard, started)
                 SELECT workspace, experience_uid, '2001-01-01', 0, 5 FROM $schema.funnel LIMIT 1`);
  expect(await verified()).toBe('differs');
  const outcome = await repaired({ fromVerify: true });
  expect(outcome).toMatchObject({ notNamed: 0 });
  expect(outcome['corrected']).toBeGreaterThanOrEqual(2);
  expect(await verified()).toBe('clean');
});

it('is refused where no verification tells what is wrong', async () => {
  await damage(`DELETE FROM engine.job WHERE kind = 'verify'`);
  const { state, outcome } = await fixture.run('repair', { fromVerify: true });
  expect([state, outcome!['reason']]).toEqual(['failed', expect.stringContaining('verify it first')]);
});

it('brings nothing back of a person who is erased', async () => {
  const uid = someone();
  const erasure = jimerErased({
    ...{ workspace: 'default', time: NOW, by: 'spec', jimer: { uid }, topic: 'jimo.engagement' },
  });
  await fixture.append([systemRecordOf(erasure, NOW)], true);
  await fixture.apply();
  const rows = async () => JSON.stringify({ ...(await fixture.tables()), journeys_erased: [] });
  expect(await rows()).not.toContain(uid);
  expect(await repaired({ jimers: [{ uid }] })).toMatchObject({ corrected: 0 });
  expect(await rows()).not.toContain(uid);
  expect(await verified()).toBe('clean');
});

it('erases again whom a damaged table no longer knew to be erased', async () => {
  await damage('DELETE FROM $schema.journeys_erased');
  await fixture.append(records.slice(0, 40));
  await damage('UPDATE engine.generation SET erasures = erasures + 1');
  await fixture.apply();
  const uid = someone();
  expect(await verified()).toBe('differs');
  await repaired({ fromVerify: true });
  const { journeys_erased: erased, ...tables } = await fixture.tables();
  expect(erased).toEqual([expect.stringContaining(uid)]);
  expect(JSON.stringify(tables)).not.toContain(uid);
});
