import { hash } from 'node:crypto';
import { parse as parseUuid, v5 as uuidV5 } from 'uuid';
import { experienceMember } from './events/bases';
import type { EventDefinition, Role } from './events/definition';
import { canonicalJson, escaped, toIJson } from './json/canonical';
import { type Members, scanMembers } from './json/scan';
import { isJsonObject, isUuid } from './rules';

/**
 * Version of the rule below. Once deployed the rule never gives another id for an event that is in a log:
 * a change is a new version beside this one. Its test vectors are in event-id.vectors.json.
 */
export const EVENT_ID_RULE_VERSION = 1;

/** UUIDv5 namespace of event ids. */
export const EVENT_ID_NAMESPACE = '5b1f2d0e-8c1e-4b6f-9a53-6f0a2c7d94e1';
const NAMESPACE = parseUuid(EVENT_ID_NAMESPACE);

/** Nested deeper than this, JSON is stored but neither validated nor brought into canonical form. */
export const MAX_DEPTH = 100;

export interface EventToIdentify {
  readonly workspace: string;
  /** The JSON as received. */
  readonly text: string;
  readonly event: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly members: Members;
}

/**
 * The id of an occurrence: a redelivery has the same one, though its keys, white space, form of `time` or
 * snapshots may differ. UUIDv5 over the canonical JSON (RFC 8785) of
 *
 * - for a catalogued event `{event, objects: {<role>: <identity>}, time, workspace}`, with time in epoch
 *   milliseconds and one member for each object that the catalogue lists. Its identity is its uid (lower-case
 *   if it is a UUID); an answer's is {uid, value}; without a usable uid it is the whole of what is there, and
 *   null if nothing is;
 * - for any other event `{payload, workspace}`, the whole payload with `time` in epoch milliseconds;
 * - when nested deeper than 100 levels `{sha256, workspace}`, the hex digest of the bytes as received.
 */
export function eventId(source: EventToIdentify, definition: EventDefinition | undefined): string {
  const { workspace, event, time, payload, text } = source;
  if (source.members.depth > MAX_DEPTH) return idOf({ sha256: hash('sha256', text, 'hex'), workspace });
  if (!definition) {
    const whole = toIJson(payload, text) as object;
    return idOf({ payload: { ...whole, time }, workspace });
  }
  const objects: Partial<Record<Role, unknown>> = {};
  for (const role of definition.objects) {
    const member = role === 'experience' ? (experienceMember(payload) ?? fallback(payload)) : role;
    objects[role] = identityOf(role, payload[member], source.members.get(member) ?? '');
  }
  return idOf({ event, objects, time, workspace });
}

/**
 * The id of an event of our own, by the same rule: UUIDv5 over the canonical JSON of `{event, objects, time,
 * workspace}`. Its type stands where the name of one of Jimo's would, so that neither can have the id of the other.
 */
export function ownEventId(source: {
  readonly type: string;
  readonly workspace: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly identity: Readonly<Record<string, string>>;
}): string {
  const { type, workspace, time, identity } = source;
  return idOf({ event: type, objects: identity, time, workspace });
}

function idOf(identity: Readonly<Record<string, unknown>> & { readonly workspace: string }): string {
  const name = canonicalJson({ ...identity, workspace: escaped(identity.workspace) });
  return uuidV5(Buffer.from(name), NAMESPACE);
}

function identityOf(role: Role, value: unknown, text: string): unknown {
  if (value === undefined) return null;
  if (!isJsonObject(value)) return toIJson(value, text);
  const { uid } = value;
  if (typeof uid !== 'string' || uid.length === 0) return toIJson(value, text);
  const identity = isUuid(uid) ? uid.toLowerCase() : escaped(uid);
  if (role !== 'answer') return identity;
  const answer = value['value'];
  return {
    uid: identity,
    value: answer === undefined ? null : toIJson(answer, scanMembers(text).get('value')!),
  };
}

/** Where the experience is looked for when neither member holds an object. */
function fallback(payload: Readonly<Record<string, unknown>>): 'experience' | 'post' {
  return (payload['experience'] ?? null) === null ? 'post' : 'experience';
}
