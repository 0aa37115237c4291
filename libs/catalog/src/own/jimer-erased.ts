import { CannotApply } from '@app/engine';
import type { CatalogEvent } from '../decode';
import { isJsonObject, isUuid } from '../rules';
import { TOPICS, type Topic } from '../topics';
import { ownRecord, type OwnRecord } from './own-event';

export const JIMER_ERASED = 'jimer.erased';

/** The topics with events that can carry a jimer. */
export const JIMER_TOPICS: readonly Topic[] = [
  TOPICS.engagement,
  TOPICS.feedback,
  TOPICS.unrecognized,
  TOPICS.quarantine,
];

/** A person is to be forgotten, for good: what carries the jimer counts no more, wherever it stands in the log. */
export interface JimerErased {
  readonly jimer: {
    /** In lower case. */
    readonly uid: string;
  };
  /** Who asked for it. */
  readonly by: string;
}

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
): OwnRecord {
  const { workspace, time, topic, by } = about;
  const uid = about.jimer.uid.toLowerCase();
  return ownRecord({
    name: JIMER_ERASED,
    workspace,
    time,
    topic,
    partitionKey: uid,
    identity: { jimer: uid },
    payload: { jimer: { uid }, by } satisfies JimerErased,
  });
}

/** @throws {CannotApply} when the record holds something else (another producer wrote it) */
export function readJimerErased(event: CatalogEvent): JimerErased {
  const { jimer, by } = event.payload;
  if (isJsonObject(jimer) && isUuid(jimer['uid']) && typeof by === 'string')
    return { jimer: { uid: jimer['uid'].toLowerCase() }, by };
  throw new CannotApply(`the record's value is not that of ${JIMER_ERASED}`);
}
