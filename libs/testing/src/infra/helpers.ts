import { randomBytes } from 'node:crypto';

import type { Admin, ITopicConfig } from 'kafkajs';
import { Client } from 'pg';
import { until } from '../../../local/src';

function setting(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: only *.it.spec.ts files (project "integration") have servers`);
  }
  return value;
}

/** Comma-separated host:port of the run's Kafka. */
export const testBrokers = (): string => setting('TEST_KAFKA_BROKERS');

const suffix = () => randomBytes(6).toString('hex');

/** A topic name that no other test uses; creating it is the test's. */
export const uniqueTopic = (prefix = 'topic'): string => `${prefix}-${suffix()}`;

/**
 * Creates a topic and waits until the broker serves every partition: kafkajs's own `waitForLeaders` takes a broker that
 * has not heard of the topic yet, as happens on a busy machine, for a failure, and does not wait for one that has heard
 * and is not yet the leader that it says it is.
 *
 * @param admin connected
 */
export async function createTopic(admin: Admin, topic: ITopicConfig): Promise<void> {
  await admin.createTopics({ topics: [topic], waitForLeaders: false });
  await until(`the broker to serve topic ${topic.topic}`, async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic.topic] });
    if (topics.some(({ partitions }) => partitions.some(({ leader }) => leader < 0))) return false;
    return admin.fetchTopicOffsets(topic.topic);
  });
}

export interface TestDatabase {
  readonly url: string;
  /** Removes it, whoever is still connected. */
  drop(): Promise<void>;
}

/**
 * A fresh, empty database of the run's PostgreSQL: one per spec file, dropped in its `afterAll`.
 * @throws outside the project "integration"
 */
export async function createDatabase(prefix = 'it'): Promise<TestDatabase> {
  const admin = setting('TEST_DATABASE_URL');
  const name = `${prefix}_${suffix()}`;
  await execute(admin, `CREATE DATABASE "${name}"`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => execute(admin, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`) };
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
