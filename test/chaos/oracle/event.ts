import { membersOf } from './json-text';
import type { StandingRecord } from './standing-log';

type Json = Readonly<Record<string, unknown>>;

/** A webhook, or what people did to one, as the log has it: CloudEvents 1.0, binary mode. */
export interface Event {
  readonly topic: string;
  /** Told by this system itself. */
  readonly own: boolean;
  readonly workspace: string;
  readonly id: string;
  /** Such as `tour.started`. */
  readonly name: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly receivedAt: number;
  /** Where its record is, as the views write it. */
  readonly position: number;
  readonly text: string;
  readonly payload: Json;
  /** JSON text; only of a quarantined event. */
  readonly problems: string | undefined;
}

/**
 * @throws when the headers and the value do not say the same, or there are none: the gateway writes both
 */
export function eventOf({ topic, partition, offset, timestamp, headers, value }: StandingRecord): Event {
  const where = `${topic}/${partition}@${offset}`;
  const payload = JSON.parse(value) as Json;
  const own = headers['ce_type']?.startsWith('jimo-webhooks.') ?? false;
  const name = (headers['ce_type'] ?? '').replace(own ? 'jimo-webhooks.' : /^com\.usejimo\./, '');
  const source = own ? '/jimo-webhooks/workspaces/' : /^\/jimo\/workspaces\//;
  const workspace = decodeURIComponent(headers['ce_source']?.replace(source, '') ?? '');
  const time = payload['time'];
  if (name !== payload['event'] || typeof time !== 'number' || Date.parse(headers['ce_time'] ?? '') !== time)
    throw new Error(`${where}: headers and value disagree: ${JSON.stringify(headers)}`);
  return {
    ...{ topic, own, workspace, name, time, payload, text: value, receivedAt: timestamp },
    id: headers['ce_id'] ?? '',
    position: partition * 2 ** 40 + offset,
    problems: headers['ce_problems'],
  };
}

/**
 * What stands for an event of an end user who is erased (docs/adr/0011): of the same family, at its time, and ahead
 * of every event of that time by an id that none has.
 */
export function observedIn(event: Event): Event {
  const { family } = event.payload as { readonly family: string };
  return { ...event, own: false, name: `${family}.observed`, id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };
}

export function objectIn(event: Event, member: string): Json | undefined {
  const value = event.payload[member];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

/** A post is an experience, under either name. */
export function experienceIn(event: Event): { readonly member: string; readonly object: Json } {
  const object = objectIn(event, 'experience');
  return object
    ? { member: 'experience', object }
    : { member: 'post', object: objectIn(event, 'post') ?? {} };
}

/** The JSON text of a top-level member as it was sent, or of a member of one. */
export function sent(event: Event, member: string, inner?: string): string | undefined {
  const outer = membersOf(event.text).get(member);
  return inner === undefined || outer === undefined ? outer : membersOf(outer).get(inner);
}

const FAMILIES = ['tour', 'survey', 'checklist', 'hint', 'banner', 'post'];
/** On a tie of times the later of these decides (contract); everything else comes before. */
const LIFECYCLE = ['created', 'published', 'status-changed', 'deleted'];

export function rankOf(name: string): number {
  const [family, change] = name.split(/\.(.*)/s) as [string, string | undefined];
  // Posts have no status-changed.
  if (!FAMILIES.includes(family) || name === 'post.status-changed') return 0;
  return LIFECYCLE.indexOf(change ?? '') + 1;
}
