import { hash } from 'node:crypto';
import { cloudEventHeaders, OWN_TYPE_PREFIX, type RecordHeaders } from '../cloud-events';
import { ownEventId } from '../event-id';
import type { Topic } from '../topics';

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
  readonly name: string;
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
