import { createKafka } from '@app/engine-kafka';
import { createDatabase, createTopic, testBrokers, uniqueTopic, type TestDatabase } from '@app/testing';
import { ReadApiFixture } from '../../read-api.fixture';

const silent = { warn: () => undefined, debug: () => undefined };
const EVENT_ID = '11111111-1111-4111-8111-111111111111';
const TOPIC = uniqueTopic('letters');
const VALUE = '{"event":"tour.started","big":12345678901234567890}';

let database: TestDatabase;
let api: ReadApiFixture;

beforeAll(async () => {
  const kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'test', silent);
  const [admin, producer] = [kafka.admin(), kafka.producer({ idempotent: true })];
  await Promise.all([admin.connect(), producer.connect()]);
  await createTopic(admin, { topic: TOPIC, numPartitions: 1 });
  const headers = { ce_id: EVENT_ID, other: 'one' };
  await producer.send({
    topic: TOPIC,
    messages: [{ value: 'before' }, { key: 'key', value: VALUE, headers, timestamp: '1700000000000' }],
  });
  await Promise.all([admin.disconnect(), producer.disconnect()]);
  database = await createDatabase();
  api = await ReadApiFixture.open(database.url, { KAFKA_BROKERS: testBrokers() });
});

afterAll(async () => {
  await api?.close();
  await database?.drop();
});

async function letter(offset: number, eventId = EVENT_ID): Promise<string> {
  const { rows } = await api.pool.query<{ id: string }>(
    `INSERT INTO engine.dead_letter (generation_id, topic, partition, record_offset, record_key, workspace,
                                     event_id, event_name, reason, created_at)
     SELECT id, $1, 0, $2, 'key', 'acme', $3, 'tour.started', 'odd', '2025-02-03'
       FROM engine.generation WHERE projection = 'journeys' AND state = 'active' RETURNING id::text`,
    [TOPIC, offset, eventId],
  );
  return `/v1/dead-letters/${rows[0]!.id}/record`;
}

describe('the record of a dead letter', () => {
  it('is shown as it stands in the log, to whom the letter is shown', async () => {
    const url = await letter(1);
    let answer = await api.get(url, 'acme-admin-token');
    // A broker that was just started may need longer than a reader of the API is kept waiting.
    while (answer.status === 503) answer = await api.get(url, 'acme-admin-token');
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        position: `${TOPIC}/0@1`,
        appendedAt: new Date(1_700_000_000_000).toISOString(),
        key: 'key',
        headers: { ce_id: EVENT_ID, other: 'one' },
        value: VALUE,
      },
    ]);
    expect((await api.get(url, 'read-token')).status).toBe(403);
    expect((await api.get(`${url}?workspace=globex`, 'admin-token')).status).toBe(404);
    await api.pool.query('DELETE FROM engine.dead_letter');
  });

  it('is a 404 where the log holds another there, or none', async () => {
    for (const url of [await letter(0), await letter(7)]) {
      expect((await api.get(url, 'admin-token')).status).toBe(404);
      await api.pool.query('DELETE FROM engine.dead_letter');
    }
    expect((await api.get('/v1/dead-letters/999/record', 'admin-token')).status).toBe(404);
  });
});
