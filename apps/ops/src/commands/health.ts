import { ALL_TOPICS, senderOf } from '@app/catalog';
import { Arrivals, type KafkaLogReader } from '@app/engine-kafka';
import {
  loadSettings,
  parseAppPlaces,
  SystemHealth,
  SystemHealthSettings,
  type AppPlace,
  type Overview,
  type SystemFacts,
} from '@app/platform';
import { lastEvents, waitingRejected } from '@app/shared-queries';
import type { Pool } from 'pg';
import { projectRoot } from '@app/local';
import { dataFolder } from '../start/start-settings';
import { readSystemFile } from '../start/system-file';

/** The same judgement as the read API's, made by this command because the read API itself may be broken. */
export function healthOf(
  dataDir: string,
  pool: Pool,
  log: KafkaLogReader,
  { projections, topics }: Pick<SystemFacts, 'projections' | 'topics'>,
): Promise<Overview> {
  const { places, token, idle } = watched(dataDir);
  const arrivals = new Arrivals(log, ALL_TOPICS, senderOf);
  const query = async <T>(sql: string, parameters: readonly unknown[]): Promise<T[]> => {
    const { rows } = await pool.query(sql, [...parameters]);
    return rows as T[];
  };
  return new SystemHealth({
    projections: () => Promise.resolve(projections ?? []),
    topics: () => topics,
    newest: () => arrivals.newest(),
    before: (from, now) => arrivals.before(from, now),
    lastEvents: () => lastEvents(query),
    rejected: (workspace) => waitingRejected(query, workspace),
    ...{ places, token, idle },
  }).overview(null);
}

/** From the environment, or from the system that `npm start` runs. */
function watched(dataDir: string): {
  readonly places: readonly AppPlace[] | undefined;
  readonly token: string | undefined;
  readonly idle: readonly string[];
} {
  const settings = loadSettings(SystemHealthSettings, process.env);
  // With another Kafka or database, the apps of this folder do not belong to it.
  const elsewhere = process.env['KAFKA_BROKERS']?.trim() || process.env['DATABASE_URL']?.trim();
  const system = elsewhere ? undefined : readSystemFile(dataFolder(projectRoot(), dataDir));
  const found = Object.entries(system?.parts ?? {}).flatMap(([name, { url }]) =>
    url === undefined ? [] : [`${name}=${url}`],
  );
  return {
    places: settings.apps ?? (found.length === 0 ? undefined : parseAppPlaces(found.join(','))),
    token: settings.token ?? system?.healthToken,
    idle: [...settings.idleWorkspaces, ...Object.keys(system?.samples ?? {})],
  };
}

const LEVELS = { trouble: '!!', attention: ' !' } as const;

/** The judgement as text: findings, then unknowns, then the verdict. */
export function healthText({ judgement, facts }: Overview): string {
  const findings = judgement.parts.flatMap((part) => part.findings);
  const unknown = judgement.parts.flatMap((part) => part.unknown);
  const when = (since: number | null): string =>
    since === null ? '' : ` (since ${new Date(since).toISOString()})`;
  const last = (facts.arrivals ?? []).map(({ workspace, lastAt }) =>
    lastAt == null ? '' : `last event of workspace ${workspace}: ${new Date(lastAt).toISOString()}`,
  );
  const verdict = {
    healthy: 'Healthy: nothing is wrong, and everything is known.',
    unhealthy:
      'NOT HEALTHY. What "!!" marks does not work, and makes this command exit with 1; what "!" marks needs attention.',
    unknown: 'Nothing is known to be wrong, but not everything is known.',
  }[judgement.status];
  return [
    ...last.filter((line) => line !== ''),
    ...findings.map(({ level, message, since }) => `${LEVELS[level]} ${message}${when(since)}`),
    ...unknown.map((text) => ` ? ${text}`),
    verdict,
  ].join('\n');
}

/** Whether something is broken, and not only in need of a decision. */
export const isInTrouble = ({ judgement }: Overview): boolean =>
  judgement.parts.some(({ findings }) => findings.some(({ level }) => level === 'trouble'));
