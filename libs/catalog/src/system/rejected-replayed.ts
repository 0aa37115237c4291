import { IsArray, IsIn, IsString } from 'class-validator';
import { Doc } from '../class-metadata';
import type { CatalogEvent } from '../decode';
import { HasObject, IsUid, IsUuid } from '../rules';
import { TOPICS } from '../topics';
import { systemEvent, systemRecord, type SystemRecord, readSystemEvent } from './system-event';

/** Why the gateway rejected an event: its topic, by name. */
export const REJECTION_KINDS = ['quarantine', 'unrecognized'] as const;
export type RejectionKind = (typeof REJECTION_KINDS)[number];

export const REJECTED_REPLAYED = 'set-aside.replayed';

/** A rejected event. The contracts name the class, as the member of the JSON is named. */
@Doc('The rejected event, with the id that it was stored under.')
export class SetAside {
  @IsIn(REJECTION_KINDS) readonly kind!: RejectionKind;
  @IsUuid() readonly id!: string;
}

@Doc('Under which id it was accepted, and where its record is: `<topic>/<partition>@<offset>`.')
export class AcceptedAfterAll {
  @IsUuid() readonly id!: string;
  @IsUid() readonly position!: string;
}

@Doc('A rejected event was replayed and accepted, and is now in a topic of the catalogue.')
export class RejectedReplayed {
  @HasObject(SetAside) readonly setAside!: SetAside;
  @HasObject(AcceptedAfterAll) readonly accepted!: AcceptedAfterAll;
  @Doc(
    'Every UUID in the rejected event. Some may be jimers; this record is erased together with the event when one ' +
      'of them is.',
  )
  @IsArray()
  @IsUuid({ each: true })
  readonly carries!: readonly string[];

  @Doc('Who asked for it.') @IsString() readonly by!: string;
}

export const rejectedReplayedEvent = systemEvent(
  REJECTED_REPLAYED,
  RejectedReplayed,
  [TOPICS.quarantine, TOPICS.unrecognized],
  'the key of the record that was set aside',
);

/**
 * The record for the topic that holds the rejected event.
 *
 * @param partitionKey the key of the rejected event's record
 */
export function rejectedReplayed(
  about: RejectedReplayed & {
    readonly workspace: string;
    /** Epoch milliseconds. */
    readonly time: number;
    readonly partitionKey: string;
  },
): SystemRecord {
  const { workspace, time, partitionKey, setAside, accepted, carries, by } = about;
  return systemRecord(rejectedReplayedEvent, {
    workspace,
    time,
    topic: TOPICS[setAside.kind],
    partitionKey,
    identity: { setAside: setAside.id, kind: setAside.kind, accepted: accepted.id },
    payload: { setAside, accepted, carries, by },
  });
}

/** @throws {CannotApply} when the record holds something else (another producer wrote it) */
export function readRejectedReplayed(event: CatalogEvent): RejectedReplayed {
  return readSystemEvent(rejectedReplayedEvent, event);
}
