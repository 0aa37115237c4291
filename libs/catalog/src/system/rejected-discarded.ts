import { IsArray, IsString } from 'class-validator';
import { Doc } from '../class-metadata';
import type { CatalogEvent } from '../decode';
import { HasObject, IsUuid } from '../rules';
import { TOPICS } from '../topics';
import { systemEvent, systemRecord, type SystemRecord, readSystemEvent } from './system-event';
import { SetAside } from './rejected-replayed';

export const REJECTED_DISCARDED = 'set-aside.discarded';

@Doc('A rejected event was discarded.')
export class RejectedDiscarded {
  @HasObject(SetAside) readonly setAside!: SetAside;
  @IsString() readonly reason!: string;
  @Doc(
    'Every UUID in the rejected event. Some may be jimers; this record is erased together with the event when one ' +
      'of them is.',
  )
  @IsArray()
  @IsUuid({ each: true })
  readonly carries!: readonly string[];

  @Doc('Who gave it up.') @IsString() readonly by!: string;
}

export const rejectedDiscardedEvent = systemEvent(
  REJECTED_DISCARDED,
  RejectedDiscarded,
  [TOPICS.quarantine, TOPICS.unrecognized],
  'the key of the record that was set aside',
);

/**
 * The record for the topic that holds the rejected event.
 *
 * @param partitionKey the key of the rejected event's record
 */
export function rejectedDiscarded(
  about: RejectedDiscarded & {
    readonly workspace: string;
    /** Epoch milliseconds. */
    readonly time: number;
    readonly partitionKey: string;
  },
): SystemRecord {
  const { workspace, time, partitionKey, setAside, reason, carries, by } = about;
  return systemRecord(rejectedDiscardedEvent, {
    workspace,
    time,
    topic: TOPICS[setAside.kind],
    partitionKey,
    identity: { setAside: setAside.id, kind: setAside.kind },
    payload: { setAside, reason, carries, by },
  });
}

/** @throws {CannotApply} when the record holds something else (another producer wrote it) */
export function readRejectedDiscarded(event: CatalogEvent): RejectedDiscarded {
  return readSystemEvent(rejectedDiscardedEvent, event);
}
