import { execute } from '../servers';
import { FLOOR } from '../measure/results';
import { rowsIn } from '../truth';
import { JOURNEY_TOPICS } from '../workload';
import type { LiveContestant } from './contestant';
import { progressQuery, startNode } from './process';
import { INDEXES, TABLES } from './tables';

/** A kafkajs loop that parses, folds in a Map, and pipelines two upserts and its checkpoint in a transaction. */
export const floor: LiveContestant = {
  name: FLOOR,
  start: async ({ servers, databaseUrl, id }) => {
    const checkpoint =
      'CREATE TABLE checkpoint (topic text, partition integer, next_offset bigint, PRIMARY KEY (topic, partition))';
    await execute(databaseUrl, ...TABLES, ...INDEXES, checkpoint);
    const child = await startNode('live/floor.process', [
      servers.brokers,
      databaseUrl,
      id,
      JOURNEY_TOPICS.join(),
    ]);
    const progress = await progressQuery(
      databaseUrl,
      'SELECT coalesce(sum(next_offset), 0) AS done FROM checkpoint',
    );
    return {
      pids: [child.pid],
      progress: progress.read,
      rows: () => rowsIn(databaseUrl, 'journey', 'touch'),
      failure: () => (child.running ? null : child.lastLines()),
      stop: async () => {
        await progress.end();
        await child.stop();
      },
    };
  },
};
