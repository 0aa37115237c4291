import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { definitionOf } from './catalog';
import { cloudEventHeaders, type RecordHeaders } from './cloud-events';
import { type Envelope, readEnvelope } from './envelope';
import { eventId, MAX_DEPTH } from './event-id';
import { experienceMember } from './events/bases';
import type { EventDefinition } from './events/definition';
import type { Problem } from './rules';
import { type Topic, TOPICS } from './topics';
import { MAX_PROBLEMS, validate } from './validate';

export const MAX_EVENT_BYTES = 256 * 1024;
/** An event further ahead of the clock is quarantined: it would be the newest of its kind for too long. */
export const MAX_AHEAD_MS = 86_400_000;

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

/** Decides what becomes of a delivered event. Pure, and throws for no input. */
export function acceptEvent(delivery: Delivery): Acceptance {
  const size = delivery.bytes ? delivery.bytes.byteLength : Buffer.byteLength(delivery.text);
  if (size > MAX_EVENT_BYTES && delivery.storedTime === undefined) {
    const detail = `An event may have at most ${MAX_EVENT_BYTES} bytes; this one has ${size}.`;
    return { outcome: 'rejected', status: 413, title: 'Event too large', detail, problems: [] };
  }
  if (delivery.bytes && !isUtf8(delivery.bytes)) {
    const detail = 'The body is not valid UTF-8, which JSON is written in.';
    return { outcome: 'rejected', status: 400, title: 'Not JSON', detail, problems: [] };
  }
  const text = delivery.bytes ? asBuffer(delivery.bytes).toString('utf8') : delivery.text;
  const envelope = readEnvelope(text, delivery.storedTime);
  if (!envelope.ok) {
    const { status, title, detail, problems } = envelope;
    return { outcome: 'rejected', status, title, detail, problems };
  }
  return acceptable(delivery, text, envelope);
}

function acceptable({ workspace, now }: Delivery, text: string, envelope: Envelope): Acceptable {
  const { event, time, payload } = envelope;
  const definition = definitionOf(event);
  const id = eventId({ ...envelope, workspace, text }, definition);
  const value = Buffer.from(withTime(text, envelope));
  const key = id + hash('sha256', value, 'hex');
  const record = (topic: Topic, partitionKey: string) => ({
    name: event,
    id,
    topic,
    key,
    partitionKey,
    headers: cloudEventHeaders({ id, workspace, name: event, time, partitionKey }),
    value,
  });

  if (!definition) return { outcome: 'unrecognized', ...record(TOPICS.unrecognized, key) };
  const problems = problemsOf(definition, envelope, now);
  if (problems.length === 0)
    return { outcome: 'accepted', ...record(definition.topic, partitionKeyOf(definition, payload)) };
  const quarantined = record(TOPICS.quarantine, key);
  const headers = { ...quarantined.headers, ce_problems: JSON.stringify(problems) };
  return { outcome: 'quarantined', ...quarantined, headers, problems };
}

function problemsOf(definition: EventDefinition, envelope: Envelope, now: number): readonly Problem[] {
  if (envelope.members.depth > MAX_DEPTH)
    return [
      { path: '', message: `is nested ${envelope.members.depth} levels deep; ${MAX_DEPTH} are allowed` },
    ];
  const problems = validate(definition, envelope.payload, envelope.time);
  if (envelope.time <= now + MAX_AHEAD_MS) return problems;
  const ahead = { path: 'time', message: "is more than a day ahead of the gateway's clock" };
  return [ahead, ...problems].slice(0, MAX_PROBLEMS);
}

/** The uid that keeps an experience's, jimer's or request's events in one partition, in order of arrival. */
function partitionKeyOf(definition: EventDefinition, payload: Readonly<Record<string, unknown>>): string {
  const { partitionBy } = definition;
  const member = partitionBy === 'experience' ? experienceMember(payload)! : partitionBy;
  return (payload[member] as { readonly uid: string }).uid.toLowerCase();
}

function withTime(text: string, { members, time }: Envelope): string {
  const { start, end } = members.span('time')!;
  return text.slice(0, start) + String(time) + text.slice(end);
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
