import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Child, until } from '@app/local';
import { peerJars, sourceFile } from '../java/jars';
import type { Rows } from '../truth';
import { JOURNEY_TOPICS } from '../workload';
import type { LiveContestant } from './contestant';
import { countedLines } from './process';

/**
 * Kafka Streams with `exactly_once_v2`, its state in RocksDB and changelog topics: for reference, since nobody can
 * query it as one can Postgres.
 *
 * @param commitIntervalMs 0 for the default
 */
function streams(name: string, commitIntervalMs: number): LiveContestant {
  return {
    name,
    unavailable: async ({ java }) => {
      const { stdout } = await promisify(execFile)(java, ['--list-modules']);
      return stdout.includes('jdk.compiler') ? null : 'this Java is a runtime without a compiler';
    },
    start: async ({ servers, workload, id }) => {
      const processed = countedLines('processed');
      let found: Rows | null = null;
      const child = await Child.start({
        name,
        command: servers.java,
        args: [
          ...['-Xms512m', '-Xmx1g', '-XX:+UseG1GC', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error'],
          ...['-cp', join(await peerJars(), '*'), sourceFile('JourneyStreams.java')],
          ...[servers.brokers, id, join(servers.folder, id), String(commitIntervalMs)],
          ...[String(workload.records), JOURNEY_TOPICS.join()],
        ],
        tier: 'app',
        onLine: (line) => {
          processed.onLine(line);
          if (line.startsWith('rows ')) found = rowsOf(line);
        },
      });
      return {
        pids: [child.pid],
        progress: () => Promise.resolve(processed.count),
        rows: () =>
          child.whileRunning((signal) => until('the rows', () => found, { deadlineMs: 60_000, signal })),
        failure: () => (child.running ? null : child.lastLines()),
        stop: async () => {
          await child.stop();
        },
      };
    },
  };
}

function rowsOf(line: string): Rows {
  const [, journeys, touches, digest] = line.split(' ');
  return { journeys: Number(journeys), touches: Number(touches), digest: digest! };
}

export const kafkaStreams = streams('Kafka Streams', 0);
export const kafkaStreamsSlow = streams('Kafka Streams, commit 1 s', 1_000);
