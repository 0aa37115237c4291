import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';

import { createDatabase, createTopic, testBrokers, uniqueTopic } from './helpers';

describe('the servers of the integration tests', () => {
  it('gives each spec file an empty PostgreSQL 18 database and drops it under its connections', async () => {
    const database = await createDatabase();
    const client = new Client({ connectionString: database.url });
    const cut = new Promise<Error>((resolve) => client.on('error', resolve));
    await client.connect();
    const { rows } = await client.query<{ version: string; tables: number; lower: string }>(
      `SELECT current_setting('server_version') AS version, lower('ÉΣ') AS lower,
              (SELECT count(*)::int FROM pg_tables WHERE schemaname = 'public') AS tables`,
    );
    expect(rows[0]).toEqual({ version: expect.stringMatching(/^18\./) as string, tables: 0, lower: 'éσ' });
    await database.drop();
    await cut;
    await expect(new Client({ connectionString: database.url }).connect()).rejects.toThrow('does not exist');
  });

  it('gives a Kafka that refuses topics that nobody created', async () => {
    const kafka = new Kafka({ brokers: testBrokers().split(','), logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    try {
      const topic = uniqueTopic();
      expect(await admin.listTopics()).not.toContain(topic);
      await createTopic(admin, { topic, numPartitions: 3 });
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      expect(topics[0]?.partitions).toHaveLength(3);
    } finally {
      await admin.disconnect();
    }
  });
});
