import { setTimeout as sleep } from 'node:timers/promises';
import { acceptEvent, ALL_TOPICS, generateEvents, type GeneratorOptions } from '@app/catalog';
import { ensureTopics } from '@app/engine-kafka';
import { projectionsOf, type ProjectorApp } from '@app/projections';
import { type SystemInfo, until } from '@app/testing/infra';
import {
  Kafka,
  logLevel,
  Partitioners,
  type Admin,
  type Message,
  type Producer,
  type SASLOptions,
} from 'kafkajs';

const DAY_MS = 86_400_000;
const PER_REQUEST = 1_000;
const PAUSE_MS = 50;

/** Settings of an app that go with the topics of a `GeneratedLog`. */
export const topicSettings = (partitions: number): Record<string, string> => ({
  KAFKA_TOPIC_PARTITIONS: String(partitions),
  KAFKA_REPLICATION_FACTOR: '1',
  KAFKA_MIN_INSYNC_REPLICAS: '1',
});

export const kafkaAt = (brokers: string): Kafka =>
  new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING });

/** The Kafka of a running system, which asks for a password. */
export const kafkaOf = (info: SystemInfo): Kafka =>
  new Kafka({ ...kafkaReachOf(info), logLevel: logLevel.NOTHING });

/** How that Kafka is reached, its login included. */
export const kafkaReachOf = ({
  kafka: { brokers, sasl },
}: SystemInfo): { readonly brokers: string[]; readonly sasl?: SASLOptions } => ({
  brokers: brokers.split(','),
  ...(sasl && { sasl: { ...sasl, mechanism: sasl.mechanism.toLowerCase() } as SASLOptions }),
});

export async function withAdmin<T>(kafka: Kafka, work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Deletes topics, and waits until they are gone. */
export const deleteTopics = (kafka: Kafka, topics: readonly string[]): Promise<void> =>
  withAdmin(kafka, async (admin) => {
    await admin.deleteTopics({ topics: [...topics] });
    await until('the topics to be gone', async () => {
      const left = await admin.listTopics();
      return !topics.some((topic) => left.includes(topic));
    });
  });

/** Makes the topics as the apps would. */
export async function createTopics(kafka: Kafka, partitions: number): Promise<void> {
  await withAdmin(kafka, (admin) =>
    ensureTopics(admin, ALL_TOPICS, {
      partitions,
      replicationFactor: 1,
      minInsyncReplicas: 1,
      minCompactionLagMs: 7 * DAY_MS,
      maxCompactionLagMs: 14 * DAY_MS,
    }),
  );
}

/** One generated life, appended straight to the topics as the gateway would, piece by piece. */
export class GeneratedLog {
  private readonly deliveries;
  private readonly appended = new Map<string, number>();

  private constructor(
    private readonly producer: Producer,
    options: GeneratorOptions,
    private readonly topics: readonly string[],
  ) {
    this.deliveries = generateEvents(options)[Symbol.iterator]();
  }

  /**
   * @param options `events` bounds what can be appended
   * @param topics what goes to others is left out
   */
  static async open(
    kafka: Kafka,
    partitions: number,
    options: GeneratorOptions,
    topics: readonly string[] = ALL_TOPICS,
  ): Promise<GeneratedLog> {
    await createTopics(kafka, partitions);
    const partitioner = Partitioners.DefaultPartitioner();
    const producer = kafka.producer({
      idempotent: true,
      // Partitions that are added meanwhile are to be found.
      metadataMaxAge: 1_000,
      createPartitioner: () => (args) =>
        partitioner({
          ...args,
          message: { ...args.message, key: String(args.message.headers!['ce_partitionkey']) },
        }),
    });
    await producer.connect();
    return new GeneratedLog(producer, options, topics);
  }

  /** Appends the next deliveries: as many, or all that are left. */
  async append(count = Infinity): Promise<void> {
    let pending = new Map<string, Message[]>();
    const flush = async (): Promise<void> => {
      const topicMessages = [...pending].map(([topic, messages]) => ({ topic, messages }));
      pending = new Map();
      if (topicMessages.length > 0) await this.producer.sendBatch({ acks: -1, topicMessages });
    };
    let waiting = 0;
    for (let done = 0; done < count; done++) {
      const next = this.deliveries.next();
      if (next.done) break;
      const accepted = acceptEvent({ workspace: 'default', text: next.value.body, now: Date.now() });
      if (accepted.outcome === 'rejected') throw new Error(accepted.detail);
      const { topic, key, value } = accepted;
      if (!this.topics.includes(topic)) continue;
      const messages = pending.get(topic) ?? [];
      messages.push({ key, value, headers: { ...accepted.headers } });
      pending.set(topic, messages);
      this.appended.set(topic, (this.appended.get(topic) ?? 0) + 1);
      if (++waiting % PER_REQUEST === 0) await flush();
    }
    await flush();
  }

  /** Appends the next deliveries a few at a time until it is stopped, so that something can happen meanwhile. */
  feed(perSecond: number): { readonly stop: () => Promise<void> } {
    let isOver = false;
    const feeding = (async () => {
      for (; !isOver; await sleep(PAUSE_MS)) await this.append(Math.ceil((perSecond * PAUSE_MS) / 1000));
    })();
    feeding.catch(() => undefined);
    const stop = async (): Promise<void> => {
      isOver = true;
      await feeding;
    };
    return { stop };
  }

  /** How many offsets the projections of a projector have to pass by now, all together. */
  offsetsFor(projector: ProjectorApp): number {
    return projectionsOf(projector)
      .flatMap(({ topics }) => topics)
      .reduce((sum, topic) => sum + (this.appended.get(topic) ?? 0), 0);
  }

  close(): Promise<void> {
    return this.producer.disconnect();
  }
}
