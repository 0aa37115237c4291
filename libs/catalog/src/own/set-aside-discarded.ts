import { IsArray, IsString } from 'class-validator';
import { Doc } from '../declared';
import type { CatalogEvent } from '../decode';
import { HasObject, IsUuid } from '../rules';
import { TOPICS } from '../topics';
import { ownEvent, ownRecord, type OwnRecord, readOwnEvent } from './own-event';
import { SetAside } from './set-aside-replayed';

export const SET_ASIDE_DISCARDED = 'set-aside.discarded';

@Doc('An event that had been set aside was looked at, and given up.')
export class SetAsideDiscarded {
  @HasObject(SetAside) readonly setAside!: SetAside;
  @IsString() readonly reason!: string;
  @Doc(
    'Every UUID that stands in the event that was set aside: some may be jimers, and this goes with it when one ' +
      'of them is erased.',
  )
  @IsArray()
  @IsUuid({ each: true })
  readonly carries!: readonly string[];

  @Doc('Who gave it up.') @IsString() readonly by!: string;
}

export const setAsideDiscardedEvent = ownEvent(
  SET_ASIDE_DISCARDED,
  SetAsideDiscarded,
  [TOPICS.quarantine, TOPICS.unrecognized],
  'the key of the record that was set aside',
);

/**
 * The record that tells of it, for the topic in which the event was set aside.
 *
 * @param partitionKey of the record that was set aside: its key
 */
export function setAsideDiscarded(
  about: SetAsideDiscarded & {
    readonly workspace: string;
    /** Epoch milliseconds. */
    readonly time: number;
    readonly partitionKey: string;
  },
): OwnRecord {
  const { workspace, time, partitionKey, setAside, reason, carries, by } = about;
  return ownRecord({
    name: SET_ASIDE_DISCARDED,
    workspace,
    time,
    topic: TOPICS[setAside.kind],
    partitionKey,
    identity: { setAside: setAside.id, kind: setAside.kind },
    payload: { setAside, reason, carries, by } satisfies SetAsideDiscarded,
  });
}

/** @throws {CannotApply} when the record holds something else (another producer wrote it) */
export function readSetAsideDiscarded(event: CatalogEvent): SetAsideDiscarded {
  return readOwnEvent(setAsideDiscardedEvent, event);
}
