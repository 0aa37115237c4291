import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { definitionOf } from './catalog';
import { cloudEventHeaders, type RecordHeaders } from './cloud-events';
import { type Envelope, readEnvelope } from './envelope';
import { eventId, MAX_DEPTH } from './event-id';
import { experienceMember } from './events/bases';
import type { EventDefinition } from './events/definition';
import { locateElements, type LocatedObject, locateObject } from './json/locate';
import { scanMembers } from './json/scan';
import type { Problem } from './rules';
import { type Topic, TOPICS } from './topics';
import { MAX_PROBLEMS, validate } from './validate';

export const MAX_EVENT_BYTES = 256 * 1024;
/** An event further ahead of the clock is quarantined: it would be the newest of its kind for too long. */
export const MAX_AHEAD_MS = 86_400_000;
const AHEAD: Problem = { path: 'time', message: "is more than a day ahead of the gateway's clock" };

export type Delivery = {
  readonly workspace: string;
  /** The gateway's clock, epoch milliseconds. */
  readonly now: number;
  /**
   * Only of an event that was stored before, whose text comes from a log: its time in epoch milliseconds. It may
   * be larger than a webhook's by the digits of that time.
   */
  readonly storedTime?: number;
} & (
  { readonly bytes: Uint8Array; readonly text?: never } | { readonly text: string; readonly bytes?: never }
);

/** A Kafka record to append, and what the caller is told about it. */
export interface Acceptable {
  readonly outcome: 'accepted' | 'unrecognized' | 'quarantined';
  /** The event's name, catalogued or not. */
  readonly name: string;
  /** The event id. */
  readonly id: string;
  readonly topic: Topic;
  /** The record's key: the event id followed by the hex SHA-256 of the value. */
  readonly key: string;
  /** What the partition is chosen from. */
  readonly partitionKey: string;
  readonly headers: RecordHeaders;
  /** The JSON as received, with `time` in epoch milliseconds and nothing else changed. */
  readonly value: Buffer;
  /** Only of a quarantined event; at most 20. */
  readonly problems?: readonly Problem[];
}

/** Nothing to store. */
export interface Rejected {
  readonly outcome: 'rejected';
  readonly status: 400 | 413 | 422;
  readonly title: string;
  readonly detail: string;
  readonly problems: readonly Problem[];
}

export type Acceptance = Acceptable | Rejected;

/** Whether an event is quarantined for being of the future, as the gateway's clock has it. */
export function isAheadOfClock({ problems }: Acceptable): boolean {
  return problems?.[0] === AHEAD;
}

/** Decides what becomes of a delivered event. Pure, and throws for no input. */
export function acceptEvent(delivery: Delivery): Acceptance {
  const bytes = delivery.bytes ? asBuffer(delivery.bytes) : Buffer.from(delivery.text);
  if (bytes.length > MAX_EVENT_BYTES && delivery.storedTime === undefined) {
    const detail = `An event may have at most ${MAX_EVENT_BYTES} bytes; this one has ${bytes.length}.`;
    return { outcome: 'rejected', status: 413, title: 'Event too large', detail, problems: [] };
  }
  if (delivery.bytes && !isUtf8(bytes)) {
    const detail = 'The body is not valid UTF-8, which JSON is written in.';
    return { outcome: 'rejected', status: 400, title: 'Not JSON', detail, problems: [] };
  }
  return accept(delivery, { bytes, text: delivery.text ?? bytes.toString('utf8') });
}

/**
 * Decides on every element of a JSON array of events, as acceptEvent does on each alone. The values may be views
 * of the bytes.
 *
 * @param most how many elements there may be
 * @returns null when only parsing the array tells what it is made of, or that it is none: one that is too long,
 *   say, or that has an element that is too large or no object
 */
export function acceptElements(
  { workspace, bytes, now }: { readonly workspace: string; readonly bytes: Buffer; readonly now: number },
  most: number,
): readonly Acceptance[] | null {
  const elements = isUtf8(bytes) ? locateElements(bytes, most) : null;
  if (elements === null) return null;
  const acceptances: Acceptance[] = [];
  for (const located of elements) {
    const { start, end } = located;
    if (end - start > MAX_EVENT_BYTES) return null;
    const acceptance = accept(
      { workspace, now },
      { bytes, text: bytes.toString('utf8', start, end), located },
    );
    if (acceptance.outcome === 'rejected' && acceptance.status === 400) return null;
    acceptances.push(acceptance);
  }
  return acceptances;
}

/** What was delivered: bytes, or the part of them that holds an object, and their text. */
interface Source {
  readonly bytes: Buffer;
  readonly text: string;
  readonly located?: LocatedObject;
}

function accept(
  { workspace, now, storedTime }: Pick<Delivery, 'workspace' | 'now' | 'storedTime'>,
  source: Source,
): Acceptance {
  const envelope = readEnvelope(source.text, storedTime);
  if (!envelope.ok) {
    const { status, title, detail, problems } = envelope;
    return { outcome: 'rejected', status, title, detail, problems };
  }
  const { event: name, time, payload } = envelope;
  const definition = definitionOf(name);
  const located = source.located ?? locate(source);
  const { depth } = located;
  const id = eventId({ workspace, text: source.text, event: name, time, payload, depth }, definition);
  const value = withTime(source.bytes, located, time);
  const key = id + hash('sha256', value, 'hex');
  const record = (topic: Topic, partitionKey: string) => ({
    name,
    id,
    topic,
    key,
    partitionKey,
    headers: cloudEventHeaders({ id, workspace, name, time, partitionKey }),
    value,
  });

  if (!definition) return { outcome: 'unrecognized', ...record(TOPICS.unrecognized, key) };
  const problems = problemsOf(definition, { payload, time, depth }, now);
  if (problems.length === 0)
    return { outcome: 'accepted', ...record(definition.topic, partitionKeyOf(definition, payload)) };
  const quarantined = record(TOPICS.quarantine, key);
  const headers = { ...quarantined.headers, ce_problems: JSON.stringify(problems) };
  return { outcome: 'quarantined', ...quarantined, headers, problems };
}

function problemsOf(
  definition: EventDefinition,
  { payload, time, depth }: Pick<Envelope, 'payload' | 'time'> & Pick<LocatedObject, 'depth'>,
  now: number,
): readonly Problem[] {
  if (depth > MAX_DEPTH)
    return [{ path: '', message: `is nested ${depth} levels deep; ${MAX_DEPTH} are allowed` }];
  const problems = validate(definition, payload, time);
  if (time <= now + MAX_AHEAD_MS) return problems;
  return [AHEAD, ...problems].slice(0, MAX_PROBLEMS);
}

/** The uid that keeps an experience's, jimer's or request's events in one partition, in order of arrival. */
function partitionKeyOf(definition: EventDefinition, payload: Readonly<Record<string, unknown>>): string {
  const { partitionBy } = definition;
  const member = partitionBy === 'experience' ? experienceMember(payload)! : partitionBy;
  return (payload[member] as { readonly uid: string }).uid.toLowerCase();
}

/** Of bytes that hold one object: all of them, white space around it included. */
function locate({ bytes, text }: Source): LocatedObject {
  const start = 0;
  const end = bytes.length;
  const located = locateObject(bytes, bytes.indexOf('{'));
  if (located) {
    const { timeStart, timeEnd, depth } = located;
    return { start, end, timeStart, timeEnd, depth };
  }
  const members = scanMembers(text);
  const span = members.span('time')!;
  const timeStart = Buffer.byteLength(text.slice(0, span.start));
  const timeEnd = timeStart + Buffer.byteLength(text.slice(span.start, span.end));
  return { start, end, timeStart, timeEnd, depth: members.depth };
}

/** The located bytes with the value of `time` in epoch milliseconds; a view of them when it is so already. */
function withTime(bytes: Buffer, { start, end, timeStart, timeEnd }: LocatedObject, time: number): Buffer {
  const digits = String(time);
  if (digits === bytes.toString('latin1', timeStart, timeEnd)) return bytes.subarray(start, end);
  const value = Buffer.allocUnsafe(timeStart - start + digits.length + end - timeEnd);
  bytes.copy(value, 0, start, timeStart);
  value.write(digits, timeStart - start, 'latin1');
  bytes.copy(value, timeStart - start + digits.length, timeEnd, end);
  return value;
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
