/**
 * The floor of a rebuild: reads all partitions, folds them in one Map, COPYs it, then indexes. Arguments: broker,
 * database URL, group, topics, number of records. Ends when all is done.
 */
import { once } from 'node:events';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { JOURNEY_COLUMNS, TOUCH_COLUMNS, journeyLine, touchLine } from '../live/columns';
import { HandFold } from '../live/fold';
import { INDEXES } from '../live/tables';

const [broker, databaseUrl, groupId, topics, records] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const FLUSHED_AT_ONCE = 256 << 10;

async function copy<R>(
  client: Client,
  target: string,
  rows: Iterable<R>,
  line: (row: R) => string,
): Promise<void> {
  const stream = client.query(copyFrom(`COPY ${target} FROM STDIN`));
  let chunk = '';
  for (const row of rows) {
    chunk += line(row);
    if (chunk.length < FLUSHED_AT_ONCE) continue;
    if (!stream.write(chunk)) await once(stream, 'drain');
    chunk = '';
  }
  stream.end(chunk);
  await once(stream, 'finish');
}

/** The touches of a batch are final; the journeys are, once all batches are folded. */
async function run(): Promise<void> {
  const options = '-c synchronous_commit=off -c TimeZone=UTC -c maintenance_work_mem=256MB';
  const [touches, journeys] = [0, 1].map(() => new Client({ connectionString: databaseUrl, options })) as [
    Client,
    Client,
  ];
  await Promise.all([touches.connect(), journeys.connect()]);
  const consumer = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).consumer({
    groupId,
    maxBytesPerPartition: 8 << 20,
    maxBytes: 32 << 20,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: topics.split(','), fromBeginning: true });
  const fold = new HandFold();
  let done = 0;
  await new Promise<void>((resolve, reject) => {
    void consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const message of batch.messages) fold.add(message);
        done += batch.messages.length;
        if (done >= Number(records)) resolve();
      },
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  });
  await copy(journeys, `journey (${JOURNEY_COLUMNS})`, fold.journeys.values(), journeyLine);
  await copy(touches, `touch (${TOUCH_COLUMNS})`, fold.touches.values(), touchLine);
  const [journeyKey, touchKey, byExperience] = INDEXES as [string, string, string];
  await Promise.all([
    touches.query(touchKey),
    journeys.query(journeyKey).then(() => journeys.query(byExperience)),
  ]);
  process.exit(0);
}

void run();
