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

/** What happens to the records of some partitions when they are folded from the log. */
export interface LedgerEntries {
  readonly records: number;
  readonly ledgers: readonly (TopicPartition & { readonly ledger: OffsetLedger })[];
  /** Dead letters that are open or discarded: excluded from the comparison. */
  readonly deadLetters: Listed<LogPosition>;
  /** Those of them that can be applied by now, and should be replayed. */
  readonly replayable: Listed<LogPosition>;
  /** Records that cannot be applied although the store counts them as applied. */
  readonly unapplied: Listed<UnappliedRecord>;
}

/** Classifies every record before the checkpoints, and gives what it contributes. */
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

  /** One function per batch, so that no record needs a look-up of its partition. */
  partition(at: TopicPartition): (record: DecodedRecord<E>) => readonly Contribution[] {
    const slot = partitionKey(at);
    let entry = this.ledgers.get(slot);
    if (!entry) {
      const { topic, partition } = at;
      entry = { topic, partition, ledger: { ...EMPTY } };
      this.ledgers.set(slot, entry);
    }
    const { ledger } = entry;
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
    at: TopicPartition,
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
      case 'dead letter':
        ledger.deadLettered++;
        this.notApplied.add({ ...recordAt(at, record), reason: application.reason });
        return NONE;
    }
  }

  private enterDeadLetter(
    ledger: Writable<OffsetLedger>,
    at: TopicPartition,
    record: LogRecord,
    application: Application,
    state: StoredDeadLetter['state'],
  ): readonly Contribution[] {
    ledger.deadLettered++;
    const applies = application.outcome === 'applied';
    if (state === 'replayed') {
      if (application.outcome === 'dead letter')
        this.notApplied.add({ ...recordAt(at, record), reason: application.reason });
      return applies ? contributionsWithout(this.erased, application.contributions) : NONE;
    }
    this.excluded.add(recordAt(at, record));
    if (applies && state === 'set-aside') this.applicable.add(recordAt(at, record));
    return NONE;
  }
}

/** @param parts of the log that have no partition in common */
export function allEntries(parts: readonly LedgerEntries[]): LedgerEntries {
  const all = <T>(of: (part: LedgerEntries) => Listed<T>): Listed<T> => {
    const list = new ListOf<T>();
    for (const part of parts) list.addAll(of(part));
    return list.listed();
  };
  return {
    records: parts.reduce((sum, { records }) => sum + records, 0),
    ledgers: parts.flatMap(({ ledgers }) => ledgers),
    deadLetters: all(({ deadLetters }) => deadLetters),
    replayable: all(({ replayable }) => replayable),
    unapplied: all(({ unapplied }) => unapplied),
  };
}

/**
 * Compares the store's ledger of each partition with the log's. Compaction may have removed records meanwhile: each of
 * those is a gap in the log and missing from another entry. A record that was applied may belong to a person who has
 * been erased since. Nothing else may differ.
 */
export function ledgerDifferences(
  { checkpoints }: GenerationSnapshot,
  { ledgers }: LedgerEntries,
): LedgerDifference[] {
  const logLedgers = new Map(ledgers.map(({ ledger, ...at }) => [partitionKey(at), ledger]));
  return checkpoints.flatMap(({ topic, partition, checkpoint: { next }, ledger: stored }) => {
    const known = logLedgers.get(partitionKey({ topic, partition })) ?? EMPTY;
    const log = { ...known, gaps: next - recordsIn(known) };
    const addsUp = recordsIn(stored) + stored.gaps === next;
    const agrees =
      log.applied <= stored.applied &&
      log.applied + log.erased <= stored.applied + stored.erased &&
      log.skipped <= stored.skipped &&
      log.deadLettered <= stored.deadLettered;
    return addsUp && agrees ? [] : [{ topic, partition, next, log, stored }];
  });
}

const EMPTY: OffsetLedger = { applied: 0, skipped: 0, erased: 0, deadLettered: 0, gaps: 0 };

function recordsIn({ applied, skipped, erased, deadLettered }: OffsetLedger): number {
  return applied + skipped + erased + deadLettered;
}

function recordAt({ topic, partition }: TopicPartition, { offset }: LogRecord): LogPosition {
  return { topic, partition, offset };
}

/** The ranges of the log that a refold up to the checkpoints reads. */
export function rangesUpTo({ checkpoints }: GenerationSnapshot, bounds: readonly LogBounds[]): OffsetRange[] {
  return checkpoints.flatMap((each) => {
    const { topic, partition, checkpoint } = each;
    const { next } = checkpoint;
    const low = bounds.find((held) => isSamePartition(held, each))?.low ?? 0;
    return low < next ? [{ topic, partition, from: low, to: next }] : [];
  });
}
