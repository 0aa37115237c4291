import { setTimeout as sleep } from 'node:timers/promises';
import { execute } from '../servers';
import { rowsIn } from '../truth';
import { TOPICS } from '@app/catalog';
import type { LiveContestant } from './contestant';
import { appEnvironment, progressQuery, startApp } from './process';

/**
 * The shipped journey projector, as built: journeys, timeline, tasks and funnel, and besides them the answers
 * to surveys, with metrics, accounts and health on.
 */
export const ours: LiveContestant = projectors('ours', 1);

/**
 * As many instances of the journey projector as given, in one consumer group.
 *
 * @param prepare what happens to the empty database first
 * @param settings further ones
 */
export function projectors(
  name: string,
  instances: number,
  prepare?: (databaseUrl: string) => Promise<void>,
  settings: NodeJS.ProcessEnv = {},
): LiveContestant {
  return {
    name,
    start: async ({ servers, databaseUrl, workload }) => {
      await prepare?.(databaseUrl);
      const env = { ...appEnvironment(servers.brokers, databaseUrl), ...settings };
      const children = await Promise.all(
        Array.from({ length: instances }, () => startApp('journey-projector', env)),
      );
      await provisioned(databaseUrl);
      // Both projections of the app read the engagement topic; the journeys alone are what is counted.
      const behind = workload.byTopic.get(TOPICS.engagement)!;
      const progress = await progressQuery(
        databaseUrl,
        `SELECT sum(next_offset) FILTER (WHERE projection = 'journeys')
           - CASE WHEN sum(next_offset) FILTER (WHERE projection = 'surveys') >= ${behind} THEN 0 ELSE 1 END AS done
         FROM engine.checkpoint JOIN engine.generation ON generation.id = generation_id`,
      );
      return {
        pids: children.map(({ pid }) => pid),
        progress: async () => Math.max(0, await progress.read()),
        // Beside rows that were there before, those of the workload cannot be told apart.
        ...(prepare ? {} : { rows: () => rowsIn(databaseUrl, 'read_models.journey', 'read_models.touch') }),
        ...(instances > 1 ? { note: () => sharesOf(databaseUrl) } : {}),
        failure: () => children.find((child) => !child.running)?.lastLines() ?? null,
        stop: async () => {
          await progress.end();
          await Promise.all(children.map((child) => child.stop()));
        },
      };
    },
  };
}

/** How many partitions of the engagement topic each instance holds. */
async function sharesOf(databaseUrl: string): Promise<string> {
  const shares = await execute<{ held: number }>(
    databaseUrl,
    `SELECT count(*)::integer AS held FROM engine.assignment
      WHERE projection = 'journeys' AND topic = '${TOPICS.engagement}' AND heartbeat_at > now() - interval '5 s'
      GROUP BY instance ORDER BY 1`,
  );
  return `partitions held: ${shares.map(({ held }) => held).join(' and ')}`;
}

/** Once the engine's tables are there. */
async function provisioned(databaseUrl: string): Promise<void> {
  for (;;) {
    const [found] = await execute<{ there: boolean }>(
      databaseUrl,
      `SELECT to_regclass('engine.checkpoint') IS NOT NULL AS there`,
    );
    if (found!.there) return;
    await sleep(50);
  }
}
