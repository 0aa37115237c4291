import { execute } from '../servers';
import { rowsIn } from '../truth';
import type { LiveContestant } from './contestant';
import { countedLines, startNode } from './process';
import { INDEXES, TABLES } from './tables';

/** Nest's own Kafka transport, one handler call per event, TypeORM upserts; six partitions at once. */
export const naiveNest: LiveContestant = {
  name: 'naive Nest',
  start: async ({ servers, databaseUrl, id }) => {
    await execute(databaseUrl, ...TABLES, ...INDEXES);
    const handled = countedLines('handled');
    const child = await startNode(
      'live/naive-nest.process',
      [servers.brokers, databaseUrl, id],
      handled.onLine,
    );
    return {
      pids: [child.pid],
      progress: () => Promise.resolve(handled.count),
      rows: () => rowsIn(databaseUrl, 'journey', 'touch'),
      failure: () => (child.running ? null : child.lastLines()),
      stop: async () => {
        await child.stop();
      },
    };
  },
};
