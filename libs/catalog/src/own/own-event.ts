import { hash } from 'node:crypto';
import { CannotApply } from '@app/engine';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { cloudEventHeaders, OWN_TYPE_PREFIX, type RecordHeaders } from '../cloud-events';
import { sentenceOf } from '../declared';
import type { CatalogEvent } from '../decode';
import { ownEventId } from '../event-id';
import type { Topic } from '../topics';
import type { OwnEventName } from './own-events';

/** One of the events that this system itself tells of. */
export interface OwnEventDefinition<N extends string = string, T extends object = object> {
  readonly name: N;
  /** What it tells, in a sentence: that of the class. */
  readonly doc: string;
  /** The class of what its JSON has beside `event` and `time`. Whoever reads it validates it with that. */
  readonly type: new () => T;
  /** Where its records are. */
  readonly topics: readonly Topic[];
  /** What its partition is chosen from, in words. */
  readonly partitionedBy: string;
}

export function ownEvent<const N extends string, T extends object>(
  name: N,
  type: new () => T,
  topics: readonly Topic[],
  partitionedBy: string,
): OwnEventDefinition<N, T> {
  return { name, doc: sentenceOf(type), type, topics, partitionedBy };
}

/**
 * What an event of our own tells.
 *
 * @throws {CannotApply} when the record holds something else (another producer wrote it)
 */
export function readOwnEvent<T extends object>(
  { name, type }: OwnEventDefinition<string, T>,
  event: CatalogEvent,
): T {
  const told = plainToInstance(type, event.payload);
  const [error] = validateSync(told, { stopAtFirstError: true, validationError: { target: false } });
  if (!error) return told;
  throw new CannotApply(`the record's value is not that of ${name}: ${error.property} is invalid`);
}

/** A Kafka record of an event that this system itself tells of; of the same shape as an accepted one. */
export interface OwnRecord {
  readonly name: string;
  readonly id: string;
  readonly topic: Topic;
  /** The event id followed by the hex SHA-256 of the value, as of every record. */
  readonly key: string;
  readonly partitionKey: string;
  readonly headers: RecordHeaders;
  readonly value: Buffer;
}

export interface OwnEvent {
  /** Of one that is listed in ./own-events, so that it is in the contracts. */
  readonly name: OwnEventName;
  readonly workspace: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly topic: Topic;
  readonly partitionKey: string;
  /** What identifies the occurrence, with its workspace, name and time. */
  readonly identity: Readonly<Record<string, string>>;
  /** The members of the JSON beside `event` and `time`. */
  readonly payload: Readonly<Record<string, unknown>>;
}

export function ownRecord(event: OwnEvent): OwnRecord {
  const { name, workspace, time, topic, partitionKey, identity, payload } = event;
  const id = ownEventId({ type: OWN_TYPE_PREFIX + name, workspace, time, identity });
  const value = Buffer.from(JSON.stringify({ event: name, time, ...payload }));
  return {
    name,
    id,
    topic,
    key: id + hash('sha256', value, 'hex'),
    partitionKey,
    headers: cloudEventHeaders({ id, workspace, name, time, partitionKey }, 'own'),
    value,
  };
}
