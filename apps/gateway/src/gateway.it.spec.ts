import { randomUUID } from 'node:crypto';
import { ALL_TOPICS, EVENT_NAMES, generateEvents } from '@app/catalog';
import { createKafka } from '@app/engine-kafka';
import { createHttpApp, createLogger, listen, loadSettings, tokensOf } from '@app/platform';
import { testBrokers, uniqueTopic, until } from '@app/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { GatewayModule } from './gateway.module';
import { GatewaySettings } from './gateway.settings';
import { guardWebhooks } from './webhook/webhook-guard';

interface Taken {
  readonly id: string;
  readonly status: string;
  readonly position: string;
}

describe('the gateway over Kafka', () => {
  const lines: string[] = [];
  const fatal: Error[] = [];
  const running: NestFastifyApplication[] = [];

  async function start(env: Record<string, string> = {}) {
    const settings = loadSettings(GatewaySettings, {
      KAFKA_BROKERS: testBrokers(),
      KAFKA_REPLICATION_FACTOR: '1',
      KAFKA_MIN_INSYNC_REPLICAS: '1',
      JIMO_WEBHOOK_TOKENS: 'default:webhook-token',
      GATEWAY_PORT: '0',
      LISTEN_HOST: '127.0.0.1',
      ...env,
    });
    const logger = createLogger('gateway', 'info', { write: (line: string) => void lines.push(line) });
    const app = await createHttpApp(
      GatewayModule.of(settings, (error) => void fatal.push(error)),
      {
        logger,
        body: 'raw',
      },
    );
    guardWebhooks(app, tokensOf(settings), settings.rateLimit);
    running.push(app);
    const { port } = await listen(app, settings.port, settings.listenHost);
    return { app, url: `http://127.0.0.1:${port}` };
  }

  const ready = async (url: string) => (await fetch(`${url}/health/ready`)).status;
  const post = (url: string, body: string, path = '/webhooks/jimo') =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer webhook-token' },
      body,
    });
  const unknown = () => JSON.stringify({ event: 'other', time: 1_740_133_769, nonce: randomUUID() });

  afterAll(() => Promise.all(running.map((app) => app.close())));

  /** The records at positions, from the log itself. */
  async function recordsAt(positions: readonly string[]) {
    const kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'test', {
      warn: () => undefined,
      debug: () => undefined,
    });
    const wanted = new Set(positions);
    const found = new Map<string, { key: string; value: string; id: string }>();
    const consumer = kafka.consumer({ groupId: uniqueTopic('group'), maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topics: [...ALL_TOPICS], fromBeginning: true });
    await consumer.run({
      eachMessage: ({ topic, partition, message: { offset, key, value, headers } }) => {
        const position = `${topic}/${partition}@${offset}`;
        const record = { key: String(key), value: String(value), id: String(headers?.['ce_id']) };
        if (wanted.has(position)) found.set(position, record);
        return Promise.resolve();
      },
    });
    await until('all records are read', () => found.size === wanted.size);
    await consumer.disconnect();
    return found;
  }

  it('becomes ready once the topics are there, and stores events of every kind where it says', async () => {
    const { url } = await start();
    await until('it is ready', async () => (await ready(url)) === 200);
    const bodies = [...generateEvents({ seed: Date.now(), events: 2_000, jimers: 40 })].map(
      ({ body }) => body,
    );
    const results: Taken[] = [];
    for (let at = 0; at < bodies.length; at += 500) {
      const answer = await post(url, `[${bodies.slice(at, at + 500).join(',')}]`, '/webhooks/jimo/batch');
      expect(answer.status).toBe(202);
      results.push(...((await answer.json()) as Taken[]));
    }
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['accepted']));
    const records = await recordsAt(results.map(({ position }) => position));
    expect(records.size).toBe(bodies.length);
    const names = new Set<string>();
    results.forEach(({ id, position }, i) => {
      const record = records.get(position)!;
      expect([record.id, record.key.startsWith(id)]).toEqual([id, true]);
      const sent = JSON.parse(bodies[i]!) as { event: string; time: unknown };
      const { time } = JSON.parse(record.value) as { time: number };
      expect(JSON.parse(record.value)).toEqual({ ...sent, time });
      names.add(sent.event);
    });
    expect(names.size).toBeGreaterThan(EVENT_NAMES.length * 0.8);
  });

  it('answers what it took before it stops, and misses none of it', async () => {
    const { app, url } = await start();
    await until('it is ready', async () => (await ready(url)) === 200);
    const answered: Taken[] = [];
    let failed = 0;
    const client = async () => {
      for (;;) {
        try {
          const answer = await post(url, unknown());
          if (answer.status !== 202) return;
          answered.push((await answer.json()) as Taken);
        } catch {
          failed++;
          return;
        }
      }
    };
    const clients = Array.from({ length: 20 }, client);
    await until('some are answered', () => answered.length > 200);
    running.splice(running.indexOf(app), 1);
    const stopped = Date.now();
    await app.close();
    // Before connections are cut.
    expect(Date.now() - stopped).toBeLessThan(8_000);
    await Promise.all(clients);
    expect(failed).toBeLessThanOrEqual(20);
    const records = await recordsAt(answered.map(({ position }) => position));
    for (const { id, position } of answered) expect(records.get(position)!.id).toBe(id);
  });

  it('is not ready and answers 503 at once while Kafka is not there', async () => {
    const { url } = await start({ KAFKA_BROKERS: '127.0.0.1:1' });
    const before = Date.now();
    const answer = await post(url, unknown());
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(Date.now() - before).toBeLessThan(4_000);
    expect(await ready(url)).toBe(503);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  it('says which topic is not as it must be, and has to end', async () => {
    await start({ KAFKA_MAX_COMPACTION_LAG_MS: '700000000' });
    await until('it says so', () => fatal.length > 0);
    expect(fatal[0]!.message).toContain(
      'topic jimo.lifecycle: max.compaction.lag.ms is 1209600000, must be 700000000',
    );
  });

  it('has logged no token and no event', () => {
    expect(lines.join('')).not.toMatch(/webhook-token|"nonce"/);
  });
});
