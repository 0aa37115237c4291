import type { EngineEvent } from '../log/event';
import type { LogPosition, TopicPartition } from '../log/log-position';
import type { LogRecord } from '../log/record';

/** A record that a projection could not apply. */
export interface DeadLetter extends LogPosition {
  readonly key: string;
  readonly workspace: string | null;
  readonly eventId: string | null;
  readonly eventName: string | null;
  readonly reason: string;
  /** The record's trace context, if it has one. */
  readonly traceparent?: string;
  /** Every UUID in the record. If one of them is an erased person's, only the record's position is kept. */
  readonly mentions: readonly string[];
}

export function deadLetterOf(
  { topic, partition }: TopicPartition,
  record: LogRecord,
  event: EngineEvent | null,
  reason: string,
): DeadLetter {
  const traceparent = record.headers.text('traceparent');
  return {
    topic,
    partition,
    offset: record.offset,
    key: record.key?.toString('utf8') ?? '',
    workspace: event?.workspace ?? null,
    eventId: event?.id ?? null,
    eventName: event?.name ?? null,
    reason,
    ...(traceparent !== undefined && { traceparent }),
    mentions: record.value === null ? [] : uuidsIn(record.value.toString('utf8')),
  };
}

export const OF_AN_ERASED_PERSON = 'it mentions a person who was erased';

/** The part of a dead letter that is kept when it mentions an erased person. */
export function redacted<L extends DeadLetter>(letter: L): L {
  return { ...letter, key: '', eventId: null, eventName: null, reason: OF_AN_ERASED_PERSON, mentions: [] };
}

const UUIDS = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const ESCAPE = /\\u00([2-7][0-9a-f])/gi;

/** Every UUID in a JSON text, in lower case, each once. */
export function uuidsIn(json: string): readonly string[] {
  // A letter, digit or hyphen may be written as an escape. Other text does not matter here.
  const plain = json.includes('\\u')
    ? json.replace(ESCAPE, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : json;
  return [...new Set((plain.match(UUIDS) ?? []).map((uuid) => uuid.toLowerCase()))];
}
