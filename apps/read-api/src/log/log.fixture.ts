import { acceptEvent, ALL_TOPICS, type Acceptable, type SystemRecord } from '@app/catalog';
import type { LogPosition } from '@app/engine';
import { createKafka, ensureTopics, partitionOf } from '@app/engine-kafka';
import { createDatabase, testBrokers, until, type TestDatabase } from '@app/testing';
import type { Admin, Producer } from 'kafkajs';
import { event, experience, jimer, ReadApiFixture, second } from '../read-api.fixture';
import type { LogPageDto } from './log.dto';

const silent = { warn: () => undefined, debug: () => undefined };
export const PARTITIONS = 12;

type Event = Acceptable | SystemRecord;

export interface Appended {
  readonly id: string;
  readonly position: string;
  readonly partition: number;
  readonly offset: number;
  readonly event: Event;
}

/** The read API over a Kafka whose topics other specs append to as well, so everything is in workspaces of its own. */
export class LogFixture {
  private constructor(
    readonly workspace: string,
    readonly other: string,
    readonly api: ReadApiFixture,
    readonly env: Readonly<Record<string, string>>,
    readonly database: TestDatabase,
    readonly producer: Producer,
    private readonly admin: Admin,
  ) {}

  static async open(name: string): Promise<LogFixture> {
    const workspace = `${name}-${process.pid}-${Date.now()}`;
    const other = `${workspace}-other`;
    const env = {
      KAFKA_BROKERS: testBrokers(),
      KAFKA_REPLICATION_FACTOR: '1',
      KAFKA_MIN_INSYNC_REPLICAS: '1',
      KAFKA_TOPIC_PARTITIONS: String(PARTITIONS),
      READ_API_TOKENS: `read:all,admin:admin,read@${workspace}:own,admin@${workspace}:own-admin,read@${other}:other`,
    };
    const database = await createDatabase();
    const kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'test', silent);
    const admin = kafka.admin();
    await admin.connect();
    await ensureTopics(admin, ALL_TOPICS, {
      partitions: PARTITIONS,
      replicationFactor: 1,
      minInsyncReplicas: 1,
      minCompactionLagMs: 7 * 86_400_000,
      maxCompactionLagMs: 14 * 86_400_000,
    });
    const producer = kafka.producer({ idempotent: true });
    await producer.connect();
    const api = await ReadApiFixture.open(database.url, env, 'kafka');
    return new LogFixture(workspace, other, api, env, database, producer, admin);
  }

  async close(): Promise<void> {
    await this.api.close();
    await Promise.all([this.producer.disconnect(), this.admin.disconnect()]);
    await this.database.drop();
  }

  /** The offsets at which all partitions end. */
  async ends(): Promise<readonly LogPosition[]> {
    const all = await Promise.all(
      ALL_TOPICS.map(async (topic) => {
        const offsets = await this.admin.fetchTopicOffsets(topic);
        return offsets.map(({ partition, high }) => ({ topic, partition, offset: Number(high) }));
      }),
    );
    return all.flat();
  }

  /** Appends it as the gateway would, unless another partition is given. */
  async place(placed: Event, partition = partitionOf(placed.partitionKey, PARTITIONS)): Promise<Appended> {
    const { topic, key, value, headers, id } = placed;
    const message = { key, value, headers: { ...headers }, partition };
    const [sent] = await this.producer.send({ topic, messages: [message] });
    const offset = Number(sent!.baseOffset);
    return { id, position: `${topic}/${partition}@${offset}`, partition, offset, event: placed };
  }

  /** Appends as the gateway would, each a millisecond after the one before. */
  async append(workspace: string, ...bodies: readonly object[]): Promise<Appended[]> {
    const appended: Appended[] = [];
    for (const body of bodies) {
      const before = Date.now();
      await until('the clock to go on', () => Date.now() > before);
      appended.push(await this.place(accepted(workspace, body)));
    }
    return appended;
  }

  async search(query: string, token = 'own'): Promise<LogPageDto> {
    const { status, body } = await this.api.get(`/v1/log?${query}`, token);
    if (status !== 200) throw new Error(`${status}: ${JSON.stringify(body)}`);
    return body as unknown as LogPageDto;
  }

  /** Every event that is found, page by page, with what happens between two pages. */
  async all(query: string, token?: string, between?: () => Promise<unknown>): Promise<LogPageDto['items']> {
    const items: LogPageDto['items'] = [];
    let cursor: string | null = null;
    do {
      const page: LogPageDto = await this.search(
        cursor === null ? query : `${query}&cursor=${cursor}`,
        token,
      );
      items.push(...page.items);
      cursor = page.nextCursor;
      if (cursor !== null) await between?.();
    } while (cursor !== null);
    return items;
  }

  /** Status and what is wrong. */
  async refusal(query: string, token = 'own'): Promise<readonly [number, string]> {
    const { status, body } = await this.api.get(`/v1/log?${query}`, token);
    const problems = (body.problems ?? []) as { readonly path: string; readonly message: string }[];
    return [status, problems.map(({ path, message }) => `${path} ${message}`).join('; ') || body.detail];
  }
}

export function accepted(workspace: string, body: object): Acceptable {
  const acceptance = acceptEvent({ workspace, text: JSON.stringify(body), now: second(0) });
  if (acceptance.outcome === 'rejected') throw new Error(acceptance.detail);
  return acceptance;
}

export const started = (n: number, at: number, tour = 1, more: object = {}): object =>
  event('tour.started', second(at), { experience: experience(tour, 'TOUR', more), jimer: jimer(n) });

export const idsOf = (items: readonly { readonly id: string | null }[]) => items.map(({ id }) => id);
