import { acceptEvent, generateEvents, jimerErased, JIMER_TOPICS } from '@app/catalog';
import { startServers, until, type Servers } from '@app/testing/infra';
import type { Message, Producer } from 'kafkajs';
import { AppProcess } from '../support/app-process';
import { eventOf, jimer, nextTime } from '../support/events';
import { Client } from '../support/http';
import { createTopics, kafkaAt, topicSettings } from '../support/log';
import { isReady } from '../support/rig';
import { Consumer, LANGUAGES, type Line, whyNot } from './programs';

jest.setTimeout(300_000);
const PARTITIONS = 12;

const reasons = new Map(LANGUAGES.map((language) => [language, whyNot(language)]));
for (const [language, reason] of reasons)
  if (reason !== undefined) process.stderr.write(`the ${language} consumer is not run: ${reason}\n`);
const RUN = LANGUAGES.filter((language) => reasons.get(language) === undefined);
const LEFT_OUT = LANGUAGES.filter((language) => reasons.get(language) !== undefined);

interface Sent {
  readonly id: string;
  readonly body: object;
  readonly position: string;
  /** What a consumer says of it. */
  readonly line: Line;
}

describe('the consumers of docs/consuming.md, on the topics that the gateway fills', () => {
  let servers: Servers;
  let gateway: AppProcess;
  let client: Client;
  let producer: Producer;
  let consumers: Consumer[];
  let life: Sent[];

  beforeAll(async () => {
    servers = await startServers();
    const kafka = kafkaAt(servers.brokers);
    await createTopics(kafka, PARTITIONS);
    gateway = AppProcess.start('gateway', {
      ...topicSettings(PARTITIONS),
      KAFKA_BROKERS: servers.brokers,
      GATEWAY_PORT: '0',
      JIMO_WEBHOOK_TOKENS: 'default:webhook-token',
    });
    await until('the gateway', () => gateway.port !== undefined);
    await isReady(gateway);
    client = new Client(`http://127.0.0.1:${gateway.port}`, '', 'webhook-token');
    producer = kafka.producer({ idempotent: true });
    await producer.connect();
    life = await sendALife();
    consumers = await Promise.all(RUN.map((language) => Consumer.start(language, servers.brokers)));
  });

  afterAll(async () => {
    await Promise.all((consumers ?? []).map((consumer) => consumer.end()));
    await producer?.disconnect();
    await gateway?.signal('SIGTERM');
    await servers?.stop();
  });

  const all = (each: (consumer: Consumer) => Promise<void>) => Promise.all(consumers.map(each));

  it('keep each event of the three topics once', async () => {
    const expected = new Map(life.map(({ id, line }) => [id, line]));
    expect(expected.size).toBeLessThan(life.length);
    await all(async (consumer) => {
      await consumer.until(`to keep ${expected.size} events`, () => consumer.lines.length >= expected.size);
      expect([consumer.language, inOrder(consumer.lines)]).toEqual([
        consumer.language,
        inOrder([...expected.values()]),
      ]);
    });
  });

  it('forget an event whose record a tombstone takes out of the log', async () => {
    const sent = await post(eventOf('tour.started', nextTime(), { jimer: jimer() }));
    await all((consumer) => consumer.says(sent.line));
    await append(...placeOf(sent), { key: acceptedAs(sent.body).key, value: null });
    await all((consumer) => consumer.says({ forgotten: sent.id }));
  });

  it('forget a jimer who is erased, go on after what is no event, and take nothing of the jimer later', async () => {
    const who = jimer();
    const sent = await post(eventOf('tour.started', nextTime(), { jimer: who }));
    await all((consumer) => consumer.says(sent.line));
    await eraseEverywhere(String(who['uid']));
    await all((consumer) => consumer.says({ erased: `default/${String(who['uid'])}` }));

    await post({ ...sent.body, added: 'since' });
    const [topic, partition] = placeOf(sent);
    await append(topic, partition, { key: 'x'.repeat(100), value: 'no event' });
    // Behind all that in the same partition.
    const last = acceptedAs(eventOf('tour.started', nextTime()));
    await append(topic, partition, { key: last.key, value: last.value, headers: { ...last.headers } });
    await all((consumer) => consumer.says({ kept: last.id }));
    for (const { language, lines, errors } of consumers) {
      const count = lines.filter(({ kept }) => kept === sent.id).length;
      expect([language, count, errors]).toEqual([language, 1, expect.stringContaining('was left out')]);
    }
  });

  it('end as they are asked to', async () => {
    const codes = await Promise.all(consumers.map((consumer) => consumer.stop()));
    // A JVM that is asked to end says so by its code.
    expect(codes).toEqual(RUN.map((language) => (language === 'java' ? 143 : 0)));
  });

  for (const language of LEFT_OUT)
    it.skip(`the one in ${language}: ${reasons.get(language)}`, () => undefined);

  /** Events of every topic, redeliveries among them, and some that no consumer of the three topics sees. */
  async function sendALife(): Promise<Sent[]> {
    const options = { jimers: 12, experiences: 6, events: 200, requestRate: 0.1, redeliveryRate: 0.2 };
    const events = [...generateEvents({ seed: 5, ...options })].map(({ body }) => JSON.parse(body) as object);
    const aside = [
      { event: 'tour.flew', time: nextTime() },
      eventOf('tour.started', nextTime(), { jimer: {} }),
    ];
    const { status, body: results } = await client.postBatch([...events, ...aside]);
    expect(status).toBe(202);
    expect(results.slice(-2).map((result) => result.status)).toEqual(['unrecognized', 'quarantined']);
    return events.map((body, i) => sentAs(body, results[i]!));
  }

  async function post(body: object): Promise<Sent> {
    const { status, body: result } = await client.post(body);
    expect([status, result.status]).toEqual([202, 'accepted']);
    return sentAs(body, result);
  }

  const append = (topic: string, partition: number, message: Message) =>
    producer.send({ topic, messages: [{ ...message, partition }] });

  async function eraseEverywhere(uid: string): Promise<void> {
    const about = { workspace: 'default', time: Date.now(), jimer: { uid }, by: 'admin' };
    const topicMessages = JIMER_TOPICS.map((topic) => {
      const { key, value, headers } = jimerErased({ ...about, topic });
      const message = { key, value, headers: { ...headers } };
      return {
        topic,
        messages: Array.from({ length: PARTITIONS }, (_, partition) => ({ ...message, partition })),
      };
    });
    await producer.sendBatch({ topicMessages });
  }
});

function sentAs(body: object, { id, position }: { readonly id: string; readonly position: string }): Sent {
  const { headers } = acceptedAs(body);
  const { jimer: who } = body as { jimer?: { uid: string } };
  const line = {
    kept: id,
    type: headers['ce_type'],
    source: '/jimo/workspaces/default',
    time: headers['ce_time'],
    jimer: who ? `default/${who.uid}` : null,
  };
  return { id, body, position, line };
}

function placeOf({ position }: Sent): [topic: string, partition: number] {
  const [topic, rest] = position.split('/') as [string, string];
  return [topic, Number(rest.split('@')[0])];
}

function acceptedAs(body: object) {
  const accepted = acceptEvent({ workspace: 'default', text: JSON.stringify(body), now: Date.now() });
  if (accepted.outcome === 'rejected') throw new Error(accepted.detail);
  return accepted;
}

const inOrder = (lines: readonly Line[]): Line[] =>
  lines.toSorted((a, b) => (String(a['kept']) < String(b['kept']) ? -1 : 1));
