import { hash } from 'node:crypto';
import { experienceMember } from './events/bases';
import type { EventDefinition, Role } from './events/definition';
import { canonicalJson, canonicalText, escaped, toIJson } from './json/canonical';
import { scanMembers } from './json/scan';
import { isJsonObject, isUuid } from './rules';
import { uuidV5 } from './uuid-v5';

/**
 * Version of the rule below. Once deployed the rule never gives another id for an event that is in a log:
 * a change is a new version beside this one. Its test vectors are in event-id.vectors.json.
 */
export const EVENT_ID_RULE_VERSION = 1;

/** UUIDv5 namespace of event ids. */
export const EVENT_ID_NAMESPACE = '5b1f2d0e-8c1e-4b6f-9a53-6f0a2c7d94e1';
const uuidOf = uuidV5(EVENT_ID_NAMESPACE);

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
  /** How deep the JSON is nested: 1 for an object of scalars. */
  readonly depth: number;
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
  if (source.depth > MAX_DEPTH) return idOf({ sha256: hash('sha256', text, 'hex'), workspace });
  if (!definition) {
    const whole = toIJson(payload, () => text) as object;
    return idOf({ payload: { ...whole, time }, workspace });
  }
  // As canonicalJson would write {event, objects, time, workspace}, without making that object first.
  let objects = '';
  for (const role of rolesInOrder(definition)) {
    const member = role === 'experience' ? (experienceMember(payload) ?? fallback(payload)) : role;
    const identity = identityOf(role, payload[member], () => scanMembers(text).get(member) ?? '');
    objects += `${objects === '' ? '' : ','}"${role}":${identity}`;
  }
  const name = canonicalText(event);
  return uuidOf(
    `{"event":${name},"objects":{${objects}},"time":${time},"workspace":${canonicalText(escaped(workspace))}}`,
  );
}

/**
 * The id of a system event, by the same rule: UUIDv5 over the canonical JSON of `{event, objects, time,
 * workspace}`. Its type stands where the name of one of Jimo's would, so that neither can have the id of the other.
 */
export function systemEventId(source: {
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
  return uuidOf(canonicalJson({ ...identity, workspace: escaped(identity.workspace) }));
}

const inOrder = new Map<readonly Role[], readonly Role[]>();

/** The roles as canonical JSON orders them. */
function rolesInOrder({ objects }: EventDefinition): readonly Role[] {
  let sorted = inOrder.get(objects);
  if (!sorted) inOrder.set(objects, (sorted = objects.toSorted()));
  return sorted;
}

/**
 * Canonical JSON of what identifies an object.
 *
 * @param text gives the object's JSON as received
 */
function identityOf(role: Role, value: unknown, text: () => string): string {
  if (value === undefined) return 'null';
  if (!isJsonObject(value)) return canonicalJson(toIJson(value, text));
  const { uid } = value;
  if (typeof uid !== 'string' || uid.length === 0) return canonicalJson(toIJson(value, text));
  const identity = isUuid(uid) ? `"${uid.toLowerCase()}"` : canonicalText(escaped(uid));
  if (role !== 'answer') return identity;
  const answer = value['value'];
  const answered = answer === undefined ? null : toIJson(answer, () => scanMembers(text()).get('value')!);
  return `{"uid":${identity},"value":${canonicalJson(answered)}}`;
}

/** Where the experience is looked for when neither member holds an object. */
function fallback(payload: Readonly<Record<string, unknown>>): 'experience' | 'post' {
  return (payload['experience'] ?? null) === null ? 'post' : 'experience';
}
