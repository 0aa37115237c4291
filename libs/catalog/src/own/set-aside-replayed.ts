import { CannotApply } from '@app/engine';
import type { CatalogEvent } from '../decode';
import { isJsonObject, isUid, isUuid } from '../rules';
import { TOPICS } from '../topics';
import { ownRecord, type OwnRecord } from './own-event';

/** Why an event that was accepted is in no read model of its own. */
export const SET_ASIDE_KINDS = ['quarantine', 'unrecognized'] as const;
export type SetAsideKind = (typeof SET_ASIDE_KINDS)[number];

export const SET_ASIDE_REPLAYED = 'set-aside.replayed';

/** An event that had been set aside was accepted after all, and stands in a topic of the catalogue's now. */
export interface SetAsideReplayed {
  readonly setAside: { readonly kind: SetAsideKind; readonly id: string };
  /** Under which id it was accepted, and where its record is: `<topic>/<partition>@<offset>`. */
  readonly accepted: { readonly id: string; readonly position: string };
  /**
   * Every UUID that stands in the event that was set aside: some may be jimers, and this goes with it when one of
   * them is erased (`jimersOf`).
   */
  readonly carries: readonly string[];
  /** Who asked for it. */
  readonly by: string;
}

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
  const { setAside, accepted, carries, by } = event.payload;
  if (
    isJsonObject(setAside) &&
    isJsonObject(accepted) &&
    (SET_ASIDE_KINDS as readonly unknown[]).includes(setAside['kind']) &&
    isUuid(setAside['id']) &&
    isUuid(accepted['id']) &&
    isUid(accepted['position']) &&
    Array.isArray(carries) &&
    carries.every(isUuid) &&
    typeof by === 'string'
  )
    return event.payload as unknown as SetAsideReplayed;
  throw new CannotApply(`the record's value is not that of ${SET_ASIDE_REPLAYED}`);
}
