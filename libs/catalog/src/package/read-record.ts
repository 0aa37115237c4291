import { textHeaders } from '@app/engine';
import { definitionOf, type EventName, type EventOf } from '../catalog';
import { type CatalogEvent, decodeEvent } from '../decode';
import { readSystemEvent } from '../system/system-event';
import { SYSTEM_EVENTS, type SystemEventName } from '../system/system-events';
import type { Problem } from '../rules';
import { validate } from '../validate';

/** A record as a Kafka client gives it; kafkajs's messages are such. */
export interface ConsumedRecord {
  readonly key: Uint8Array | string | null;
  readonly value: Uint8Array | null;
  readonly headers?: Readonly<Record<string, HeaderValue | readonly HeaderValue[] | undefined>> | undefined;
}
type HeaderValue = Uint8Array | string;

type SystemDefinition = (typeof SYSTEM_EVENTS)[number];
/** The payload of the system event with this name. */
export type SystemEventOf<N extends SystemEventName> = InstanceType<
  Extract<SystemDefinition, { readonly name: N }>['type']
>;

/** The members of every event. */
interface EventFacts {
  /** The event id, which identifies the occurrence in all its deliveries. */
  readonly id: string;
  readonly workspace: string;
  /** Epoch milliseconds. */
  readonly time: number;
}

export type ReadRecord =
  | {
      readonly [N in EventName]: EventFacts & {
        readonly kind: 'jimo';
        readonly name: N;
        readonly event: EventOf<N>;
      };
    }[EventName]
  | {
      readonly [N in SystemEventName]: EventFacts & {
        readonly kind: 'system';
        readonly name: N;
        readonly event: SystemEventOf<N>;
      };
    }[SystemEventName]
  /** An event with a name that this version does not know. Consumers should ignore it. */
  | (EventFacts & {
      readonly kind: 'unknown';
      readonly name: string;
      readonly event: Readonly<Record<string, unknown>>;
    })
  /** What a consumer made of the record with this key has to be deleted. */
  | { readonly kind: 'tombstone'; readonly key: string; readonly id: string }
  /** A record of another producer, or a quarantined event. */
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

const UUID_LENGTH = 36;

/** Reads a record of one of the topics. It never throws because of a record's content. */
export function readRecord({ key, value, headers = {} }: ConsumedRecord): ReadRecord {
  if (value === null) {
    const text = key === null ? '' : textOf(key);
    return { kind: 'tombstone', key: text, id: text.slice(0, UUID_LENGTH) };
  }
  const texts = Object.fromEntries(Object.entries(headers).map(([name, each]) => [name, headerText(each)]));
  const decoded = decodeEvent({ value: asBuffer(value), headers: textHeaders(texts), timestamp: 0 });
  if (!decoded.ok) return { kind: 'invalid', problems: [{ path: '', message: decoded.reason }] };
  const { event } = decoded;
  if (event.problems) return { kind: 'invalid', problems: event.problems };
  try {
    return readEvent(event);
  } catch (error) {
    return { kind: 'invalid', problems: [{ path: '', message: (error as Error).message }] };
  }
}

function readEvent(event: CatalogEvent): ReadRecord {
  const { id, workspace, time, name, origin, payload } = event;
  const facts = { id, workspace, time };
  if (origin === 'system') {
    const definition = SYSTEM_EVENTS.find((each) => each.name === name);
    if (!definition) return { ...facts, kind: 'unknown', name, event: payload };
    const read = readSystemEvent<object>(definition, event);
    return { ...facts, kind: 'system', name: definition.name, event: read } as ReadRecord;
  }
  const definition = definitionOf(name);
  if (!definition) return { ...facts, kind: 'unknown', name, event: payload };
  const problems = validate(definition, payload, time);
  if (problems.length > 0) return { kind: 'invalid', problems };
  return { ...facts, kind: 'jimo', name, event: payload } as unknown as ReadRecord;
}

function headerText(header: HeaderValue | readonly HeaderValue[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  if (typeof header === 'string' || header instanceof Uint8Array) return textOf(header);
  return header.map(textOf).join(',');
}

const textOf = (value: HeaderValue): string =>
  typeof value === 'string' ? value : asBuffer(value).toString();

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
