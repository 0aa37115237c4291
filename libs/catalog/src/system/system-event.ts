import { hash } from 'node:crypto';
import { CannotApply } from '@app/engine';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { cloudEventHeaders, SYSTEM_TYPE_PREFIX, type RecordHeaders } from '../cloud-events';
import { sentenceOf } from '../class-metadata';
import type { CatalogEvent } from '../decode';
import { systemEventId } from '../event-id';
import type { Topic } from '../topics';

/** A kind of event that this system appends. */
export interface SystemEventDefinition<N extends string = string, T extends object = object> {
  readonly name: N;
  /** What happened, in a sentence: that of the class. */
  readonly doc: string;
  /** The class of the members of its JSON beside `event` and `time`. It validates what is read. */
  readonly type: new () => T;
  /** Where its records are. */
  readonly topics: readonly Topic[];
  /** What its partition is chosen from, in words. */
  readonly partitionedBy: string;
}

export function systemEvent<const N extends string, T extends object>(
  name: N,
  type: new () => T,
  topics: readonly Topic[],
  partitionedBy: string,
): SystemEventDefinition<N, T> {
  return { name, doc: sentenceOf(type), type, topics, partitionedBy };
}

/**
 * The members of a system event's JSON, validated.
 *
 * @throws {CannotApply} when the record holds something else (another producer wrote it)
 */
export function readSystemEvent<T extends object>(
  { name, type }: SystemEventDefinition<string, T>,
  event: CatalogEvent,
): T {
  const read = plainToInstance(type, event.payload);
  const [error] = validateSync(read, { stopAtFirstError: true, validationError: { target: false } });
  if (!error) return read;
  throw new CannotApply(`the record's value is not that of ${name}: ${error.property} is invalid`);
}

/** The Kafka record of a system event, in the shape of an accepted one. */
export interface SystemRecord {
  readonly name: string;
  readonly id: string;
  readonly topic: Topic;
  /** The event id followed by the hex SHA-256 of the value, as of every record. */
  readonly key: string;
  readonly partitionKey: string;
  readonly headers: RecordHeaders;
  readonly value: Buffer;
}

/** An occurrence of a system event. */
export interface Occurrence<T extends object> {
  readonly workspace: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly topic: Topic;
  readonly partitionKey: string;
  /** What identifies the occurrence, with its workspace, name and time. */
  readonly identity: Readonly<Record<string, string>>;
  readonly payload: T;
}

export function systemRecord<T extends object>(
  { name }: SystemEventDefinition<string, T>,
  { workspace, time, topic, partitionKey, identity, payload }: Occurrence<T>,
): SystemRecord {
  const id = systemEventId({ type: SYSTEM_TYPE_PREFIX + name, workspace, time, identity });
  const value = Buffer.from(JSON.stringify({ event: name, time, ...payload }));
  return {
    name,
    id,
    topic,
    key: id + hash('sha256', value, 'hex'),
    partitionKey,
    headers: cloudEventHeaders({ id, workspace, name, time, partitionKey }, 'system'),
    value,
  };
}
