import { acceptEvent, ALL_TOPICS, generateEvents, TOPICS } from '@app/catalog';
import { ensureTopics, partitionOf } from '@app/engine-kafka';
import { Kafka, logLevel, type Message } from 'kafkajs';
import type { Options } from './options';
import { Truth, type Rows } from './truth';

export const PARTITIONS = 12;
/** Topics that the journeys are made of. */
export const JOURNEY_TOPICS = [TOPICS.engagement, TOPICS.feedback] as const;

const PRODUCED_AT_ONCE = 5_000;
const DAY = 86_400_000;

export interface Workload {
  /** Records in the topics of the journeys. */
  readonly records: number;
  /** Records by topic, all topics. */
  readonly byTopic: ReadonlyMap<string, number>;
  /** What every contestant has to end with. */
  readonly rows: Rows;
  /** Mean bytes of an event. */
  readonly meanBytes: number;
}

export function quietKafka(brokers: string): Kafka {
  return new Kafka({ clientId: 'bench', brokers: [brokers], logLevel: logLevel.NOTHING });
}

/** Some 75 distinct journeys per 100 events: visits are short and people seldom come back. */
export function eventsOf({ seed, events, jimers }: Options): ReturnType<typeof generateEvents> {
  const wide = { experiences: 60, days: 90, eventsPerVisit: 1.7, returnRate: 0.05 };
  return generateEvents({ seed, events, jimers, ...wide });
}

/**
 * Creates the topics and appends the generated events to them, as the gateway would.
 *
 * @param headersOf further headers of the nth record
 */
export async function fillLog(
  brokers: string,
  options: Options,
  headersOf: (n: number) => Readonly<Record<string, string>> = () => ({}),
): Promise<Workload> {
  const kafka = quietKafka(brokers);
  const admin = kafka.admin();
  await admin.connect();
  await ensureTopics(admin, ALL_TOPICS, {
    partitions: PARTITIONS,
    replicationFactor: 1,
    minInsyncReplicas: 1,
    minCompactionLagMs: 7 * DAY,
    maxCompactionLagMs: 14 * DAY,
  });
  await admin.disconnect();

  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  const truth = new Truth();
  const byTopic = new Map<string, number>();
  let pending = new Map<string, Message[]>();
  let waiting = 0;
  let bytes = 0;
  let count = 0;
  let sent: Promise<unknown> = Promise.resolve();
  const flush = async (): Promise<void> => {
    const topicMessages = [...pending].map(([topic, messages]) => ({ topic, messages }));
    pending = new Map();
    waiting = 0;
    // One request at a time, as an idempotent producer must, while the next events are generated.
    await sent;
    sent = producer.sendBatch({ acks: -1, topicMessages });
  };
  for (const delivery of eventsOf(options)) {
    const accepted = acceptEvent({ workspace: 'default', text: delivery.body, now: delivery.deliveredAt });
    if (accepted.outcome !== 'accepted')
      throw new Error(`the generator made an event that is ${accepted.outcome}`);
    const { topic, key, value, headers, partitionKey, id } = accepted;
    const messages = pending.get(topic) ?? [];
    pending.set(topic, messages);
    messages.push({
      ...{ key, value, partition: partitionOf(partitionKey, PARTITIONS) },
      headers: { ...headers, ...headersOf(count++) },
    });
    byTopic.set(topic, (byTopic.get(topic) ?? 0) + 1);
    truth.add('default', id, delivery);
    bytes += value.length;
    if (++waiting === PRODUCED_AT_ONCE) await flush();
  }
  await flush();
  await sent;
  await producer.disconnect();
  const all = [...byTopic.values()].reduce((sum, count) => sum + count, 0);
  return {
    records: JOURNEY_TOPICS.reduce((sum, topic) => sum + (byTopic.get(topic) ?? 0), 0),
    byTopic,
    rows: truth.rows(),
    meanBytes: Math.round(bytes / all),
  };
}
