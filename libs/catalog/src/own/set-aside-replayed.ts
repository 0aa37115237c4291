import { IsArray, IsIn, IsString } from 'class-validator';
import { Doc } from '../declared';
import type { CatalogEvent } from '../decode';
import { HasObject, IsUid, IsUuid } from '../rules';
import { TOPICS } from '../topics';
import { ownEvent, ownRecord, type OwnRecord, readOwnEvent } from './own-event';

/** Why an event that was accepted is in no read model of its own. */
export const SET_ASIDE_KINDS = ['quarantine', 'unrecognized'] as const;
export type SetAsideKind = (typeof SET_ASIDE_KINDS)[number];

export const SET_ASIDE_REPLAYED = 'set-aside.replayed';

@Doc('The event as it was set aside: its id there.')
export class SetAside {
  @IsIn(SET_ASIDE_KINDS) readonly kind!: SetAsideKind;
  @IsUuid() readonly id!: string;
}

@Doc('Under which id it was accepted, and where its record is: `<topic>/<partition>@<offset>`.')
export class AcceptedAfterAll {
  @IsUuid() readonly id!: string;
  @IsUid() readonly position!: string;
}

@Doc("An event that had been set aside was accepted after all, and stands in a topic of the catalogue's now.")
export class SetAsideReplayed {
  @HasObject(SetAside) readonly setAside!: SetAside;
  @HasObject(AcceptedAfterAll) readonly accepted!: AcceptedAfterAll;
  @Doc(
    'Every UUID that stands in the event that was set aside: some may be jimers, and this goes with it when one ' +
      'of them is erased.',
  )
  @IsArray()
  @IsUuid({ each: true })
  readonly carries!: readonly string[];

  @Doc('Who asked for it.') @IsString() readonly by!: string;
}

export const setAsideReplayedEvent = ownEvent(
  SET_ASIDE_REPLAYED,
  SetAsideReplayed,
  [TOPICS.quarantine, TOPICS.unrecognized],
  'the key of the record that was set aside',
);

/**
 * The record that tells of it, for the topic in which the event was set aside.
 *
 * @param partitionKey of the record that was set aside: its key
 */
export function setAsideReplayed(
  about: SetAsideReplayed & {
    readonly workspace: string;
    /** Epoch milliseconds. */
    readonly time: number;
    readonly partitionKey: string;
  },
): OwnRecord {
  const { workspace, time, partitionKey, setAside, accepted, carries, by } = about;
  return ownRecord({
    name: SET_ASIDE_REPLAYED,
    workspace,
    time,
    topic: TOPICS[setAside.kind],
    partitionKey,
    identity: { setAside: setAside.id, kind: setAside.kind, accepted: accepted.id },
    payload: { setAside, accepted, carries, by } satisfies SetAsideReplayed,
  });
}

/** @throws {CannotApply} when the record holds something else (another producer wrote it) */
export function readSetAsideReplayed(event: CatalogEvent): SetAsideReplayed {
  return readOwnEvent(setAsideReplayedEvent, event);
}
