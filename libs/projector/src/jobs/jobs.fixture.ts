import { decodeEvent, type CatalogEvent } from '@app/catalog';
import { type OffsetRange, type Projection, Projector } from '@app/engine';
import { relationsOf } from '@app/engine/adapters';
import { createKafka, KafkaLogReader } from '@app/engine-kafka';
import {
  Jobs,
  migrateEngine,
  openGenerations,
  PostgresStore,
  workPool,
  writePool,
  type Job,
  type JobKind,
} from '@app/engine-postgres';
import { createLogger } from '@app/platform';
import {
  createDatabase,
  createTopic,
  lease,
  silent,
  testBrokers,
  uniqueTopic,
  type Placed,
  type TestDatabase,
} from '@app/testing';
import type { Kafka } from 'kafkajs';
import type { Pool } from 'pg';
import { JobRunner } from './job-runner';

const PARTITIONS = 2;
const logger = createLogger('spec', 'silent');

/** A projection over a topic and a database of its own: what a projector has, without its process. */
export class JobsFixture {
  readonly jobs: Jobs;
  private readonly projector: Projector<CatalogEvent>;
  private readonly log: KafkaLogReader;
  private readonly runner: JobRunner;

  private constructor(
    readonly projection: Projection<CatalogEvent>,
    private readonly database: TestDatabase,
    readonly pool: Pool,
    private readonly write: Pool,
    private readonly kafka: Kafka,
  ) {
    this.jobs = new Jobs(pool);
    const store = new PostgresStore(write, [projection]);
    this.projector = new Projector<CatalogEvent>([projection], decodeEvent, store, silent);
    this.log = new KafkaLogReader(kafka);
    this.runner = new JobRunner({
      instance: 'spec',
      databaseUrl: database.url,
      kafka: { brokers: [testBrokers()], ssl: false },
      projections: [projection],
      ...{ logger, threads: null, erases: false },
    });
  }

  /** @param topic of another, whose log it shares */
  static async open(declared: Projection<CatalogEvent>, topic?: string): Promise<JobsFixture> {
    const kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'spec', logger);
    const own = topic ?? uniqueTopic();
    if (topic === undefined) {
      const admin = kafka.admin();
      await admin.connect();
      await createTopic(admin, { topic: own, numPartitions: PARTITIONS });
      await admin.disconnect();
    }
    const projection = { ...declared, topics: [own] };
    const database = await createDatabase();
    const pool = workPool(database.url, 'spec', 4);
    await migrateEngine(pool, database.url);
    await openGenerations(pool, [projection]);
    return new JobsFixture(projection, database, pool, writePool(database.url, 'spec-live', 2), kafka);
  }

  get topic(): string {
    return this.projection.topics[0]!;
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  /** Appends records with the timestamps that they have, an event of all partitions to each. */
  async append(records: readonly Placed[], everywhere = false): Promise<void> {
    const producer = this.kafka.producer();
    await producer.connect();
    const messages = records.flatMap(({ partitionKey, record: { key, value, timestamp, headers } }) => {
      const names = ['ce_id', 'ce_type', 'ce_source', 'ce_time', 'ce_appendedtime', 'ce_problems'];
      const texts = names.flatMap((name) => {
        const text = headers.text(name);
        return text === undefined ? [] : [[name, text] as const];
      });
      const message = { key, value, timestamp: String(timestamp), headers: Object.fromEntries(texts) };
      const own = (partitionKey.charCodeAt(partitionKey.length - 1) || 0) % PARTITIONS;
      return (everywhere ? [0, 1] : [own]).map((partition) => ({ ...message, partition }));
    });
    await producer.send({ topic: this.topic, acks: -1, messages });
    await producer.disconnect();
  }

  /** Applies everything that was appended since, as live batches. */
  async apply(): Promise<void> {
    const { rows } = await this.pool.query<{ partition: number; next: string }>(
      `SELECT partition, next_offset AS next FROM engine.checkpoint AS c JOIN engine.generation AS g
          ON g.id = c.generation_id WHERE g.state = 'active'`,
    );
    const ranges = (await this.log.bounds(this.projection.topics)).map(
      ({ topic, partition, low, high }): OffsetRange => ({
        ...{ topic, partition },
        from: Number(rows.find((row) => row.partition === partition)?.next ?? low),
        to: high,
      }),
    );
    await this.log.read(
      ranges.filter(({ from, to }) => from < to),
      async (batch) => void (await this.projector.apply(batch, lease)),
      new AbortController().signal,
    );
  }

  /** Requests a job and runs it to its end. */
  async run(kind: JobKind, parameters: Readonly<Record<string, unknown>> = {}): Promise<Job> {
    const { job } = await this.jobs.request(this.projection, kind, 'spec', parameters);
    await this.runner.runNext(new AbortController().signal);
    return (await this.jobs.get(job.id))!;
  }

  /** The rows of every table and tally as views show them, as texts: of the active generation, or of a snapshot. */
  async tables(snapshot?: string): Promise<Readonly<Record<string, readonly string[]>>> {
    const schema = snapshot === undefined ? 'read_models' : `read_models_${snapshot}`;
    const tables: Record<string, readonly string[]> = {};
    for (const { name, columns } of relationsOf(this.projection)) {
      const selected = columns.map(({ sqlName }) => `"${sqlName}"`).join(', ');
      const { rows } = await this.pool.query<{ row: string }>(
        `SELECT row_to_json(t)::text AS row FROM (SELECT ${selected} FROM ${schema}."${name}") AS t`,
      );
      tables[name] = rows.map(({ row }) => row).sort();
    }
    return tables;
  }

  async close(): Promise<void> {
    await this.runner.close();
    await Promise.all([this.pool.end(), this.write.end()]);
    await this.database.drop();
  }
}
