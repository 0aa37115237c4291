import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECTIONS, PROJECTORS } from '@app/projections';
import { until, type Child } from '@app/local';
import { appEnvironment, startApp, startNode } from '../live/process';
import { Meter } from '../measure/meter';
import type { Figures } from '../measure/results';
import { execute, type Servers } from '../servers';
import { addJourneys, provision } from './generation';

const RATE = 500;
const WARM_UP_SECONDS = 5;
const SECONDS = 15;
const TOKEN = 'bench-read-token';
const PEOPLE = 5_000;

/**
 * The read API at 500 requests per second, beside so many journeys: the workload's, which are read, and others that
 * make the tables and indexes as large.
 */
export async function* readApi(
  servers: Servers,
  journeys: number,
  rounds: number,
): AsyncGenerator<Figures, void, undefined> {
  const databaseUrl = await servers.createDatabase(`bench_read_${Date.now() % 1e6}`);
  try {
    await provision(databaseUrl, PROJECTIONS);
    await catchUp(servers, databaseUrl);
    await addJourneys(databaseUrl, journeys);
    const paths = await pathsOf(databaseUrl);
    const lines: string[] = [];
    const env = { ...appEnvironment(servers.brokers, databaseUrl), READ_API_TOKENS: `read:${TOKEN}` };
    const child = await startApp('read-api', env, (line) => lines.push(line));
    try {
      const base = await ready(child, lines);
      for (let round = 1; round <= rounds; round++)
        for (const [name, urls] of Object.entries(paths))
          yield await measure(servers, child, base, name, urls, round);
    } finally {
      await child.stop();
    }
  } finally {
    await servers.dropDatabase(databaseUrl);
  }
}

/** All projectors, until they have the whole log. */
async function catchUp(servers: Servers, databaseUrl: string): Promise<void> {
  const env = appEnvironment(servers.brokers, databaseUrl);
  const children = await Promise.all(PROJECTORS.map((name) => startApp(name, env)));
  try {
    for (let before = -1, quiet = 0; quiet < 4;) {
      await sleep(1_000);
      const [found] = await execute<{ done: number }>(
        databaseUrl,
        'SELECT coalesce(sum(next_offset), 0)::integer AS done FROM engine.checkpoint',
      );
      quiet = found!.done === before && before > 0 ? quiet + 1 : 0;
      before = found!.done;
    }
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
}

async function pathsOf(databaseUrl: string): Promise<Record<string, string[]>> {
  const jimers = await execute<{ uid: string }>(
    databaseUrl,
    `SELECT jimer_uid AS uid FROM (SELECT DISTINCT jimer_uid FROM read_models.touch) AS t ORDER BY md5(jimer_uid::text) LIMIT ${PEOPLE}`,
  );
  const experiences = await execute<{ uid: string }>(
    databaseUrl,
    'SELECT DISTINCT experience_uid AS uid FROM read_models.funnel',
  );
  const tokens = await execute<{ token: string }>(
    databaseUrl,
    `SELECT identify_token AS token FROM read_models.jimer WHERE identify_token IS NOT NULL ORDER BY md5(jimer_uid::text) LIMIT ${PEOPLE}`,
  );
  return {
    'state by token': tokens.map(({ token }) => `/v1/jimers/by-token/${encodeURIComponent(token)}/state`),
    'journey of a jimer': jimers.map(({ uid }) => `/v1/jimers/${uid}/journey`),
    'an experience': experiences.map(({ uid }) => `/v1/experiences/${uid}`),
    'funnel of an experience': experiences.map(({ uid }) => `/v1/experiences/${uid}/funnel`),
    'page of the backlog': ['/v1/feedback?limit=50'],
  };
}

async function ready(child: Child, lines: readonly string[]): Promise<string> {
  return child.whileRunning((signal) =>
    until(
      'the read API',
      async () => {
        const port = lines.map((line) => /"port":(\d+),"msg":"listening"/.exec(line)?.[1]).find(Boolean);
        const base = `http://127.0.0.1:${port}`;
        // Ready means that projectors are at work, which they are not here: alive is enough.
        return port !== undefined && (await fetch(`${base}/health/live`)).ok && base;
      },
      { deadlineMs: 60_000, signal },
    ),
  );
}

interface Loaded {
  readonly accepted: number;
  readonly non2xx: number;
  readonly errors: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
}

async function measure(
  servers: Servers,
  { pid }: Child,
  base: string,
  name: string,
  urls: readonly string[],
  round: number,
): Promise<Figures> {
  const file = join(servers.folder, 'paths');
  writeFileSync(file, urls.join('\n'));
  const load = async (seconds: number): Promise<Loaded> => {
    let printed = '';
    const args = [base, TOKEN, String(RATE), String(seconds), file];
    const child = await startNode('system/read-load.process', args, (line) => (printed = line));
    const { code } = await child.exited;
    if (code !== 0) throw new Error(child.lastLines());
    return JSON.parse(printed) as Loaded;
  };
  await load(WARM_UP_SECONDS);
  const meter = new Meter([pid], servers);
  const run = await load(SECONDS);
  const bad = run.non2xx + run.errors;
  return {
    suite: 'read',
    round,
    contestant: name,
    perSecond: run.accepted / run.seconds,
    p50: run.p50,
    p99: run.p99,
    ...meter.read(run.accepted),
    rows: bad === 0 ? 'all 200' : `WRONG: ${bad} failed`,
  };
}
