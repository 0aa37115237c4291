import { generatedExperienceUid, generateEvents, type GeneratedDelivery } from '@app/catalog';
import { workPool } from '@app/engine-postgres';

import { shownToken } from '../start/start-settings';
import { OWN_READ_TOKEN } from '../start/summary';
import type { SystemFile } from '../start/system-file';
import { sampleToken } from './samples';
import { DAY_MS } from './output';

const BATCH = 500;
const DAYS = 30;
const EXPERIENCES = 18;

export interface DemoOptions {
  /** The number of distinct events; some are delivered twice. */
  readonly events?: number;
  /** The generator's seed. Default: the first whose demo neither exists nor was removed. */
  readonly seed?: number;
  /** Skips the confirmation if other workspaces have events. */
  readonly yes?: boolean;
}

/** The gateway's results, by status. */
export type DemoAnswers = Readonly<Record<string, number>>;

/**
 * Sends a generated month of events, up to now, to the running gateway's batch endpoint, into the workspace `demo`, and prints where to look. The same seed gives the same people and experiences.
 * @throws {CannotStart} without a confirmation, or if the gateway refuses a batch
 */
export async function sendDemo(
  system: SystemFile,
  { events = 5_000, seed: asked, yes = false }: DemoOptions,
  say: (text: string) => void,
): Promise<DemoAnswers> {
  const token = await sampleToken(system, 'demo', yes);
  const seed = asked ?? (await unusedSeed(system));
  say('sending a generated month of events into the workspace "demo"; "npm run demo -- --remove" removes it');
  const answers: Record<string, number> = {};
  const seen = new Seen();
  const began = Date.now();
  let sent = 0;
  const send = async (batch: readonly GeneratedDelivery[]) => {
    const response = await fetch(`${system.gateway}/webhooks/jimo/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: `[${batch.map(({ body }) => body).join(',')}]`,
    });
    const text = await response.text();
    if (response.status !== 202)
      throw new Error(`the gateway answered ${response.status}: ${text.slice(0, 500)}`);
    for (const { status } of JSON.parse(text) as { status: string }[])
      answers[status] = (answers[status] ?? 0) + 1;
    sent += batch.length;
    if (sent % (BATCH * 4) === 0) say(`sent ${sent} events`);
  };
  let batch: GeneratedDelivery[] = [];
  const start = Math.floor((began - DAYS * DAY_MS) / 1_000) * 1_000;
  const deliveries = generateEvents({
    ...{ seed, events, start, days: DAYS, jimers: 300, experiences: EXPERIENCES },
    ...{ believable: true, otherTimeFormRate: 0 },
  });
  for (const delivery of deliveries) {
    seen.note(delivery);
    batch.push(delivery);
    if (batch.length === BATCH) {
      await send(batch);
      batch = [];
    }
  }
  if (batch.length > 0) await send(batch);
  const counted = Object.entries(answers).map(([status, count]) => `${count} ${status}`);
  say(`sent ${sent} events in ${((Date.now() - began) / 1_000).toFixed(1)} s: ${counted.join(', ')}`);
  say(whatToLookAt(system, seen));
  return answers;
}

/**
 * Skips seeds that were used before. The people and experiences of a removed demo are erased permanently, and an existing
 * demo would get every lifecycle event twice.
 */
async function unusedSeed({ database }: SystemFile): Promise<number> {
  const pool = workPool(database!.url, 'ops', 1);
  try {
    const { rows } = await pool.query<{ uid: string }>(
      `SELECT jimer_uid::text AS uid FROM engine.erasure WHERE workspace = 'demo'
        UNION SELECT experience_uid::text FROM read_models.experience WHERE workspace = 'demo'`,
    );
    const used = new Set(rows.map(({ uid }) => uid));
    for (let seed = 1; ; seed++) if (!used.has(generatedExperienceUid(seed, 0))) return seed;
  } finally {
    await pool.end();
  }
}

/** The most frequent people and experiences among the sent events, which have most to show. */
class Seen {
  private readonly jimers = new Map<string, number>();
  private readonly experiences = new Map<string, number>();

  note({ jimerUid, experienceUid }: GeneratedDelivery): void {
    if (jimerUid) this.jimers.set(jimerUid, (this.jimers.get(jimerUid) ?? 0) + 1);
    if (experienceUid) this.experiences.set(experienceUid, (this.experiences.get(experienceUid) ?? 0) + 1);
  }

  busiestJimer = () => busiest(this.jimers);
  busiestExperience = () => busiest(this.experiences);
}

const busiest = (counts: ReadonlyMap<string, number>): string | undefined =>
  [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];

function whatToLookAt({ readApi, tokens }: SystemFile, seen: Seen): string {
  const token = shownToken(tokens.read['read'] ?? Object.values(tokens.read)[0], OWN_READ_TOKEN);
  const jimer = seen.busiestJimer();
  const experience = seen.busiestExperience();
  const of = 'workspace=demo';
  const looks: [string, string][] = [
    ['what one jimer has seen, started, finished and answered', `/v1/jimers/${jimer}/journey?${of}`],
    ['the same jimer, event by event', `/v1/jimers/${jimer}/timeline?limit=10&${of}`],
    ['how the busiest experience performs', `/v1/experiences/${experience}/funnel?${of}`],
    ['where every experience stands', `/v1/experiences?${of}`],
    ['submitted feedback', `/v1/feedback?limit=5&${of}`],
    ['how far the projections are', '/v1/projections'],
  ];
  return looks
    .map(([what, path]) => `\n# ${what}\ncurl -s '${readApi}${path}' -H 'authorization: Bearer ${token}'`)
    .join('\n');
}
