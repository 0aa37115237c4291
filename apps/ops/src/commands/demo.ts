import { generateEvents, type GeneratedDelivery } from '@app/catalog';

import { shownToken } from '../start/start-settings';
import { OWN_READ_TOKEN } from '../start/summary';
import type { SystemFile } from '../start/system-file';

const BATCH = 500;
const DAY_MS = 86_400_000;

export interface DemoOptions {
  /** How many different events; some are delivered twice. */
  readonly events?: number;
  readonly seed?: number;
}

/** How the gateway answered, by status. */
export type DemoAnswers = Readonly<Record<string, number>>;

/**
 * Sends a generated day of events, up to now, to the running gateway's batch endpoint, and says what to look at.
 * The same seed gives the same lives on another day.
 * @throws when the gateway does not take a batch
 */
export async function sendDemo(
  system: SystemFile,
  { events = 5_000, seed = 1 }: DemoOptions,
  say: (text: string) => void,
): Promise<DemoAnswers> {
  const token = Object.values(system.tokens.webhook)[0];
  if (token === undefined)
    throw new Error(
      'The demo needs a webhook token, and the system has only hashes: set JIMO_WEBHOOK_TOKENS.',
    );
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
  const start = Math.floor((began - DAY_MS) / 1_000) * 1_000;
  for (const delivery of generateEvents({ seed, events, start, days: 1, jimers: 300, experiences: 24 })) {
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

/** Who and what occurs most in what was sent: there is most to see of them. */
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
  const looks: [string, string][] = [
    ['what one jimer has seen, started, finished and answered', `/v1/jimers/${jimer}/journey`],
    ['the same jimer, event by event', `/v1/jimers/${jimer}/timeline?limit=10`],
    ['how the busiest experience performs', `/v1/experiences/${experience}/funnel`],
    ['where every experience stands', '/v1/experiences'],
    ['submitted feedback', '/v1/feedback?limit=5'],
    ['how far the projections are', '/v1/projections'],
  ];
  return looks
    .map(([what, path]) => `\n# ${what}\ncurl -s '${readApi}${path}' -H 'authorization: Bearer ${token}'`)
    .join('\n');
}
