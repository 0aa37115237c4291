import { contributionsWithout, type ErasedPersons } from '../erasure/erased-persons';
import type { EngineEvent } from '../log/event';
import type { LogRecord } from '../log/record';
import { applyRecord, type Application, type DecodedRecord } from '../fold/apply';
import { isSamePartition, partitionKey, type LogPosition, type TopicPartition } from '../log/log-position';
import type { LogBounds, OffsetRange } from '../log/log-reader';
import type { Contribution } from '../declare/contribution';
import type { Projection } from '../declare/projection';
import { ListOf, type LedgerDifference, type Listed, type UnappliedRecord } from './report';
import type { GenerationSnapshot, OffsetLedger, StoredDeadLetter } from './verify-store';

type Writable<T> = { -readonly [P in keyof T]: T[P] };

const NONE: readonly Contribution[] = [];

/** What became of the records of some partitions, by the log's own rules. */
export interface LedgerEntries {
  readonly records: number;
  readonly ledgers: readonly (TopicPartition & { readonly ledger: OffsetLedger })[];
  /** Those that were set aside or discarded: excluded from the comparison. */
  readonly deadLetters: Listed<LogPosition>;
  /** Those among them that can be applied by now: to be replayed. */
  readonly replayable: Listed<LogPosition>;
  /** Records that cannot be applied although the store says that they were. */
  readonly unapplied: Listed<UnappliedRecord>;
}

/** What the log says became of every record before the checkpoints: which contributes what, which was set aside. */
export class LogLedger<E extends EngineEvent> {
  private readonly ledgers = new Map<string, TopicPartition & { ledger: Writable<OffsetLedger> }>();
  private readonly deadLetters = new Map<string, Map<number, StoredDeadLetter['state']>>();
  private readonly excluded = new ListOf<LogPosition>();
  private readonly applicable = new ListOf<LogPosition>();
  private readonly notApplied = new ListOf<UnappliedRecord>();
  private count = 0;

  constructor(
    private readonly projection: Projection<E>,
    deadLetters: readonly StoredDeadLetter[],
    private readonly erased: ErasedPersons,
  ) {
    for (const { topic, partition, offset, state } of deadLetters) {
      const slot = partitionKey({ topic, partition });
      const known = this.deadLetters.get(slot);
      if (known) known.set(offset, state);
      else this.deadLetters.set(slot, new Map([[offset, state]]));
    }
  }

  entries(): LedgerEntries {
    return {
      records: this.count,
      ledgers: [...this.ledgers.values()],
      deadLetters: this.excluded.listed(),
      replayable: this.applicable.listed(),
      unapplied: this.notApplied.listed(),
    };
  }

  /** An entry point per batch, so that a record costs no look-up of its partition. */
  partition(at: TopicPartition): (record: DecodedRecord<E>) => readonly Contribution[] {
    const slot = partitionKey(at);
    let place = this.ledgers.get(slot);
    if (!place) {
      const { topic, partition } = at;
      place = { topic, partition, ledger: { ...EMPTY } };
      this.ledgers.set(slot, place);
    }
    const { ledger } = place;
    const deadLetters = this.deadLetters.get(slot);
    return (each) => {
      const { record } = each;
      this.count++;
      const application = applyRecord(this.projection, at.partition, each);
      const state = deadLetters?.get(record.offset);
      return state === undefined
        ? this.enter(ledger, at, record, application)
        : this.enterDeadLetter(ledger, at, record, application, state);
    };
  }

  private enter(
    ledger: Writable<OffsetLedger>,
    place: TopicPartition,
    record: LogRecord,
    application: Application,
  ): readonly Contribution[] {
    switch (application.outcome) {
      case 'applied': {
        const kept = contributionsWithout(this.erased, application.contributions);
        if (kept === application.contributions) ledger.applied++;
        else ledger.erased++;
        return kept;
      }
      case 'skipped':
        ledger.skipped++;
        return NONE;
      case 'set aside':
        ledger.setAside++;
        this.notApplied.add({ ...recordAt(place, record), reason: application.reason });
        return NONE;
    }
  }

  private enterDeadLetter(
    ledger: Writable<OffsetLedger>,
    place: TopicPartition,
    record: LogRecord,
    application: Application,
    state: StoredDeadLetter['state'],
  ): readonly Contribution[] {
    ledger.setAside++;
    const applies = application.outcome === 'applied';
    if (state === 'replayed') {
      if (application.outcome === 'set aside')
        this.notApplied.add({ ...recordAt(place, record), reason: application.reason });
      return applies ? contributionsWithout(this.erased, application.contributions) : NONE;
    }
    this.excluded.add(recordAt(place, record));
    if (applies && state === 'set-aside') this.applicable.add(recordAt(place, record));
    return NONE;
  }
}

/** Of parts of the log that have no partition in common. */
export function allEntries(parts: readonly LedgerEntries[]): LedgerEntries {
  const all = <T>(of: (part: LedgerEntries) => Listed<T>): Listed<T> => {
    const list = new ListOf<T>();
    for (const part of parts) list.addAll(of(part));
    return list.listed();
  };
  return {
    records: parts.reduce((sum, { records }) => sum + records, 0),
    ledgers: parts.flatMap(({ ledgers }) => ledgers),
    deadLetters: all(({ deadLetters: setAside }) => setAside),
    replayable: all(({ replayable }) => replayable),
    unapplied: all(({ unapplied }) => unapplied),
  };
}

/**
 * Where the store's account is not the log's. Compaction may have removed records since: each of those is a
 * gap now, and is missing from one of the other entries. A record that was applied may be an erased person's since.
 * Nothing else may differ.
 */
export function ledgerDifferences(
  { checkpoints }: GenerationSnapshot,
  { ledgers }: LedgerEntries,
): LedgerDifference[] {
  const accountOf = new Map(ledgers.map(({ ledger, ...place }) => [partitionKey(place), ledger]));
  return checkpoints.flatMap(({ topic, partition, checkpoint: { next }, ledger: stored }) => {
    const known = accountOf.get(partitionKey({ topic, partition })) ?? EMPTY;
    const log = { ...known, gaps: next - recordsIn(known) };
    const addsUp = recordsIn(stored) + stored.gaps === next;
    const agrees =
      log.applied <= stored.applied &&
      log.applied + log.erased <= stored.applied + stored.erased &&
      log.skipped <= stored.skipped &&
      log.setAside <= stored.setAside;
    return addsUp && agrees ? [] : [{ topic, partition, next, log, stored }];
  });
}

const EMPTY: OffsetLedger = { applied: 0, skipped: 0, erased: 0, setAside: 0, gaps: 0 };

function recordsIn({ applied, skipped, erased, setAside }: OffsetLedger): number {
  return applied + skipped + erased + setAside;
}

function recordAt({ topic, partition }: TopicPartition, { offset }: LogRecord): LogPosition {
  return { topic, partition, offset };
}

/** What has to be read to refold up to the checkpoints. */
export function rangesUpTo({ checkpoints }: GenerationSnapshot, bounds: readonly LogBounds[]): OffsetRange[] {
  return checkpoints.flatMap((place) => {
    const {
      topic,
      partition,
      checkpoint: { next },
    } = place;
    const low = bounds.find((each) => isSamePartition(each, place))?.low ?? 0;
    return low < next ? [{ topic, partition, from: low, to: next }] : [];
  });
}
