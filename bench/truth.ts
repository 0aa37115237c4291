import { hash } from 'node:crypto';
import type { GeneratedDelivery } from '@app/catalog';
import { execute } from './servers';

/** What a contestant ended with: how many rows, and a digest of the journeys that no order of rows changes. */
export interface Rows {
  readonly journeys: number;
  readonly touches: number;
  /** Sum over the journeys of the first 60 bits of each one's MD5; null where the data model has no such columns. */
  readonly digest: string | null;
}

interface Seen {
  firstSeen: number;
  lastEvent: number;
  started: number | null;
  completed: number | null;
}

const STARTED = new Set(['tour.started', 'survey.started', 'checklist.started']);
const COMPLETED = new Set(['tour.completed', 'survey.completed', 'checklist.completed']);

/** The journeys of the workload, folded in the simplest way there is. */
export class Truth {
  private readonly journeys = new Map<string, Seen>();
  private readonly touches = new Set<string>();

  add(
    workspace: string,
    id: string,
    delivery: Pick<GeneratedDelivery, 'event' | 'time' | 'jimerUid' | 'experienceUid'>,
  ): void {
    const { event, time, jimerUid, experienceUid } = delivery;
    if (jimerUid === null) return;
    this.touches.add(id);
    if (experienceUid === null) return;
    const key = `${workspace}|${jimerUid}|${experienceUid}`;
    let seen = this.journeys.get(key);
    if (!seen) {
      seen = { firstSeen: time, lastEvent: time, started: null, completed: null };
      this.journeys.set(key, seen);
    }
    seen.firstSeen = Math.min(seen.firstSeen, time);
    seen.lastEvent = Math.max(seen.lastEvent, time);
    if (STARTED.has(event)) seen.started = Math.min(seen.started ?? time, time);
    if (COMPLETED.has(event)) seen.completed = Math.min(seen.completed ?? time, time);
  }

  rows(): Rows {
    let digest = 0n;
    for (const [key, { firstSeen, lastEvent, started, completed }] of this.journeys) {
      const row = `${key}|${firstSeen}|${lastEvent}|${started ?? '-'}|${completed ?? '-'}`;
      digest += BigInt(`0x${hash('md5', row).slice(0, 15)}`);
    }
    return { journeys: this.journeys.size, touches: this.touches.size, digest: String(digest) };
  }
}

const millis = (column: string): string =>
  `coalesce((extract(epoch FROM ${column}) * 1000)::bigint::text, '-')`;

/** The rows that a database holds. */
export async function rowsIn(url: string, journey: string, touch: string): Promise<Rows> {
  const row = `concat_ws('|', workspace, jimer_uid, experience_uid, ${['first_seen_at', 'last_event_at', 'started_at', 'completed_at'].map(millis).join(', ')})`;
  const [found] = await execute<{ journeys: number; touches: number; digest: string }>(
    url,
    `SELECT count(*)::integer AS journeys, (SELECT count(*)::integer FROM ${touch}) AS touches,
       coalesce(sum(('x' || left(md5(${row}), 15))::bit(60)::bigint), 0)::text AS digest
     FROM ${journey}`,
  );
  return found!;
}

/** @returns `same`, or what differs */
export function compare(found: Rows, expected: Rows): string {
  const wrong: string[] = [];
  if (found.journeys !== expected.journeys)
    wrong.push(`${found.journeys} journeys, not ${expected.journeys}`);
  if (found.touches !== expected.touches) wrong.push(`${found.touches} touches, not ${expected.touches}`);
  if (found.digest !== null && found.digest !== expected.digest) wrong.push('another digest of journeys');
  if (wrong.length > 0) return `WRONG: ${wrong.join(', ')}`;
  return found.digest === null ? 'same counts' : 'same';
}
