import { IsString } from 'class-validator';
import { Doc } from '../class-metadata';
import type { CatalogEvent } from '../decode';
import { Jimer } from '../objects';
import { HasObject } from '../rules';
import { TOPICS, type Topic } from '../topics';
import { systemEvent, systemRecord, type SystemRecord, readSystemEvent } from './system-event';

export const JIMER_ERASED = 'jimer.erased';

/** The topics with events that can carry a jimer. */
export const JIMER_TOPICS: readonly Topic[] = [
  TOPICS.engagement,
  TOPICS.feedback,
  TOPICS.unrecognized,
  TOPICS.quarantine,
];

@Doc(
  'A person is to be forgotten, for good: what carries the jimer counts no more, wherever it stands in the log.',
)
export class JimerErased {
  @HasObject(Jimer) readonly jimer!: Jimer;
  @Doc('Who asked for it.') @IsString() readonly by!: string;
}

export const jimerErasedEvent = systemEvent(
  JIMER_ERASED,
  JimerErased,
  JIMER_TOPICS,
  'nothing: it is in every partition',
);

/**
 * The record that tells of it, the same for every partition of every topic that can carry a jimer (`JIMER_TOPICS`).
 * Told again of the same time it is the same record.
 */
export function jimerErased(
  about: JimerErased & {
    readonly workspace: string;
    /** Epoch milliseconds. */
    readonly time: number;
    readonly topic: Topic;
  },
): SystemRecord {
  const { workspace, time, topic, by } = about;
  const uid = about.jimer.uid.toLowerCase();
  return systemRecord(jimerErasedEvent, {
    workspace,
    time,
    topic,
    partitionKey: uid,
    identity: { jimer: uid },
    payload: { jimer: { uid }, by },
  });
}

/**
 * The uid is in lower case.
 *
 * @throws {CannotApply} when the record holds something else (another producer wrote it)
 */
export function readJimerErased(event: CatalogEvent): JimerErased {
  const { jimer, by } = readSystemEvent(jimerErasedEvent, event);
  return { jimer: { uid: jimer.uid.toLowerCase() }, by };
}
