/** The floor: the least code that does the work. Arguments: broker, database URL, group, topics. */
import { Kafka, logLevel, type EachBatchPayload } from 'kafkajs';
import { Pool, type PoolConfig } from 'pg';
import { journeyArrays, touchArrays, UPSERT_JOURNEYS, UPSERT_TOUCHES } from './columns';
import { HandFold } from './fold';

const [broker, databaseUrl, groupId, topics] = process.argv.slice(2) as [string, string, string, string];

const config: PoolConfig & { pipeline: boolean } = {
  connectionString: databaseUrl,
  max: 4,
  pipeline: true,
  options: '-c synchronous_commit=off -c plan_cache_mode=force_generic_plan -c TimeZone=UTC',
};
const pool = new Pool(config);
const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId, maxBytesPerPartition: 8 << 20, maxBytes: 32 << 20 });

async function eachBatch(payload: EachBatchPayload): Promise<void> {
  const { batch } = payload;
  const fold = new HandFold();
  for (const message of batch.messages) fold.add(message);
  const client = await pool.connect();
  try {
    await Promise.all([
      client.query('BEGIN'),
      client.query({
        name: 'checkpoint',
        text: `INSERT INTO checkpoint AS c VALUES ($1, $2, $3) ON CONFLICT (topic, partition)
               DO UPDATE SET next_offset = EXCLUDED.next_offset`,
        values: [batch.topic, batch.partition, Number(batch.lastOffset()) + 1],
      }),
      client.query({ name: 'journeys', text: UPSERT_JOURNEYS, values: journeyArrays(fold) }),
      client.query({ name: 'touches', text: UPSERT_TOUCHES, values: touchArrays(fold) }),
      client.query('COMMIT'),
    ]);
  } finally {
    client.release();
  }
  await payload.heartbeat();
}

async function run(): Promise<void> {
  await consumer.connect();
  await consumer.subscribe({ topics: topics.split(','), fromBeginning: true });
  await consumer.run({ autoCommit: false, partitionsConsumedConcurrently: 3, eachBatch });
}

process.on('SIGTERM', () => process.exit(0));
void run();
