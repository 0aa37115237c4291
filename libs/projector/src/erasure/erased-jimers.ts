import { decodeEvent, jimersOf, uuidsIn, type CatalogEvent } from '@app/catalog';
import type { LogRecord, TopicPartition } from '@app/engine';
import { isPending, type Erasure } from '@app/engine-postgres';

/** What a record has to do with erased jimers. */
interface RecordOfErased {
  /** null when it is unknown because another producer wrote the record. */
  readonly event: CatalogEvent | null;
  /** The erased jimers whose record it is. */
  readonly owners: readonly Erasure[];
  /** Whether it has its tombstone already, from an earlier pass. */
  readonly isGone: boolean;
}

/** Decides whether a record has to be removed. */
export class ErasedJimers {
  private readonly byUid = new Map<string, Erasure[]>();

  /** @param sweptTo up to where the log was read for those who were erased before */
  constructor(
    erasures: readonly Erasure[],
    private readonly sweptTo: (place: TopicPartition) => number,
  ) {
    for (const erasure of erasures)
      this.byUid.set(erasure.jimerUid, [...(this.byUid.get(erasure.jimerUid) ?? []), erasure]);
  }

  /** @returns null for a tombstone, which belongs to nobody */
  look(place: TopicPartition, record: LogRecord): RecordOfErased | null {
    if (record.value === null) return null;
    const decoded = decodeEvent(record);
    const event = decoded.ok ? decoded.event : null;
    const uids = event ? jimersOf(event) : uuidsIn(record.value.toString('utf8'));
    const owners = uids.flatMap((uid) =>
      (this.byUid.get(uid) ?? []).filter(({ workspace }) => !event || workspace === event.workspace),
    );
    const isGone =
      owners.length > 0 && record.offset < this.sweptTo(place) && !owners.some((owner) => isPending(owner));
    return { event, owners, isGone };
  }
}
