import type { ExperienceStatus } from '@app/projections';

/** What a status follows from. */
export interface Snapshot {
  readonly state: string | null;
  readonly isDraft: boolean | null;
  /** Epoch milliseconds. */
  readonly expiresAt: number | null;
}

/**
 * deleted before draft before expired before paused before live: state alone does not tell, since a draft is
 * LIVE in the vendor's own example. The view `experience` computes the same for now.
 *
 * @param at the time of which the status is asked, in epoch milliseconds
 */
export function statusAt(snapshot: Snapshot, deleted: boolean, at: number): ExperienceStatus {
  if (deleted) return 'deleted';
  if (snapshot.isDraft === true) return 'draft';
  if (snapshot.expiresAt !== null && snapshot.expiresAt <= at) return 'expired';
  return snapshot.state === 'PAUSED' ? 'paused' : 'live';
}

export interface LifecycleEventRow extends Snapshot {
  /** Such as `tour.published`. */
  readonly kind: string | null;
  readonly occurredAt: number;
  /** Whether it carried anything of what a status follows from. */
  readonly hasSnapshot: boolean | null;
}

const NOTHING_KNOWN: Snapshot = { state: null, isDraft: null, expiresAt: null };

/** What is known of an experience from before the first of some events. */
export interface Before {
  /** The newest that an event carried. */
  readonly snapshot?: Snapshot | undefined;
  /** When it was deleted first, be it before the events or by one of them; in epoch milliseconds. */
  readonly deletedAt?: number | null | undefined;
}

/**
 * The status after each event, from the snapshots carried up to it. Deleted is for good.
 *
 * @param events in order of time, rank and event id, from the very first or with what is known from before
 */
export function statusesAfter(
  events: readonly LifecycleEventRow[],
  { snapshot = NOTHING_KNOWN, deletedAt = null }: Before = {},
): ExperienceStatus[] {
  let known = snapshot;
  let deleted = false;
  return events.map((event) => {
    if (event.hasSnapshot === true) known = event;
    // At the same time as a deletion comes only what its order puts before it, or a deletion.
    deleted ||=
      event.kind?.endsWith('.deleted') === true || (deletedAt !== null && deletedAt < event.occurredAt);
    return statusAt(known, deleted, event.occurredAt);
  });
}
