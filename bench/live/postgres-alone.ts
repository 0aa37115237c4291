import { Client } from 'pg';
import { execute } from '../servers';
import { rowsIn } from '../truth';
import { JOURNEY_TOPICS, quietKafka } from '../workload';
import {
  JOURNEY_COLUMNS,
  TOUCH_COLUMNS,
  insertJourneys,
  insertTouches,
  journeyArrays,
  touchArrays,
} from './columns';
import type { LiveContestant, LiveRun } from './contestant';
import { HandFold } from './fold';
import { progressQuery } from './process';
import { INDEXES, MERGE_JOURNEY, TABLES } from './tables';

/** As many as the machine that the targets are for has cores. */
const SESSIONS = 2;

/**
 * What the database itself allows: batches that were folded and staged beforehand are merged chunk by chunk by
 * procedures inside Postgres, each chunk a transaction, with no client at work.
 */
export const postgresAlone: LiveContestant = {
  name: 'Postgres alone',
  start: async (run) => {
    const { databaseUrl } = run;
    await execute(databaseUrl, ...TABLES, ...INDEXES, ...STAGING);
    await stage(run);
    await execute(databaseUrl, 'VACUUM ANALYZE', 'CHECKPOINT', MERGE_CHUNKS);
    const progress = await progressQuery(databaseUrl, 'SELECT sum(events) AS done FROM done');
    let failed: string | null = null;
    const sessions = Array.from(
      { length: SESSIONS },
      () =>
        new Client({ connectionString: databaseUrl, options: '-c synchronous_commit=off -c TimeZone=UTC' }),
    );
    for (const [turn, session] of sessions.entries()) {
      await session.connect();
      session
        .query(`CALL merge_chunks(${turn}, ${SESSIONS})`)
        .catch((error: Error) => (failed = error.message));
    }
    return {
      pids: [],
      progress: progress.read,
      rows: () => rowsIn(databaseUrl, 'journey', 'touch'),
      failure: () => failed,
      stop: async () => {
        await progress.end();
        for (const session of sessions) await session.end();
      },
    };
  },
};

const STAGING = [
  'CREATE SEQUENCE chunk_number',
  // The events of one jimer are all in one partition: no two sessions ever meet in a row.
  "CREATE TABLE chunk (chunk integer DEFAULT currval('chunk_number'), partition integer, events integer)",
  ...['journey', 'touch'].map(
    (table) =>
      `CREATE TABLE staged_${table} (chunk integer DEFAULT currval('chunk_number'), LIKE ${table} INCLUDING DEFAULTS)`,
  ),
  'CREATE INDEX ON staged_journey (chunk)',
  'CREATE INDEX ON staged_touch (chunk)',
  'CREATE TABLE done (events integer)',
];

const MERGE_CHUNKS = `CREATE PROCEDURE merge_chunks(turn integer, turns integer) LANGUAGE plpgsql AS $$
DECLARE next record;
BEGIN
  FOR next IN SELECT * FROM chunk WHERE partition % turns = turn ORDER BY chunk LOOP
    INSERT INTO journey AS t (${JOURNEY_COLUMNS})
      SELECT ${JOURNEY_COLUMNS} FROM staged_journey WHERE chunk = next.chunk ORDER BY 1, 2, 3 ${MERGE_JOURNEY};
    INSERT INTO touch (${TOUCH_COLUMNS})
      SELECT ${TOUCH_COLUMNS} FROM staged_touch WHERE chunk = next.chunk ORDER BY 1, 2, 3, 4 ON CONFLICT DO NOTHING;
    INSERT INTO done VALUES (next.events);
    COMMIT;
  END LOOP;
END $$`;

/** Reads the log and puts each batch, folded, into the staging tables. */
async function stage({ servers, databaseUrl, workload, id }: LiveRun): Promise<void> {
  const client = new Client({
    connectionString: databaseUrl,
    options: '-c synchronous_commit=off -c TimeZone=UTC',
  });
  await client.connect();
  const consumer = quietKafka(servers.brokers).consumer({
    groupId: id,
    maxBytesPerPartition: 8 << 20,
    maxBytes: 32 << 20,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [...JOURNEY_TOPICS], fromBeginning: true });
  let staged = 0;
  await new Promise<void>((resolve, reject) => {
    const write = async (partition: number, fold: HandFold, events: number): Promise<void> => {
      await client.query(`SELECT nextval('chunk_number')`);
      await client.query('INSERT INTO chunk (partition, events) VALUES ($1, $2)', [partition, events]);
      await client.query({ name: 'j', text: insertJourneys('staged_journey'), values: journeyArrays(fold) });
      await client.query({ name: 't', text: insertTouches('staged_touch'), values: touchArrays(fold) });
    };
    void consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        const fold = new HandFold();
        for (const message of batch.messages) fold.add(message);
        await write(batch.partition, fold, batch.messages.length).catch(reject);
        staged += batch.messages.length;
        if (staged >= workload.records) resolve();
      },
    });
  });
  await consumer.disconnect();
  await client.end();
}
