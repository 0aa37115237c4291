import type { Row } from '../declare/column-types';
import type { Projection } from '../declare/projection';
import type { AnyReadModel } from '../declare/read-model';
import type { EngineEvent } from '../log/event';
import { comparePartitions, partitionKey } from '../log/log-position';
import { keyMark } from '../log/checkpoint';
import type { LogRecord } from '../log/record';
import { applyRecord, type DecodedRecord, type SkipReason } from './apply';
import { deadLetterOf, type DeadLetter } from './dead-letter';
import { RowFold } from './row-fold';

/** Consecutive records of one partition that are folded, and the offsets that they account for. */
export interface Chunk<E extends EngineEvent> {
  readonly topic: string;
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly records: readonly DecodedRecord<E>[];
}

/** How a checkpoint moves, with a count of what happened to each offset on the way. */
export interface RangeAdvance {
  readonly topic: string;
  readonly partition: number;
  /** The checkpoint that the records were folded from. The store has another one if somebody else has committed. */
  readonly expected: number;
  readonly next: number;
  readonly applied: number;
  readonly skipped: Readonly<Record<SkipReason, number>>;
  readonly deadLettered: number;
  /** Offsets without a record, because of compaction or an aborted write. */
  readonly gaps: number;
  /** CRC-32 of the key of the record at `next - 1`; null when there is none. */
  readonly lastKey: number | null;
}

/** Counts the outcomes of applied records, per range. */
export interface Committed {
  readonly outcome: 'committed';
  /** Records that changed no row. */
  readonly unchanged: readonly number[];
  /** Records that were left out because they belong to an erased person. */
  readonly erased: readonly number[];
}

/** The result of folding chunks: one row per key, and a count of what happened to each offset. */
export interface Fold {
  readonly rows: ReadonlyMap<AnyReadModel, readonly Row[]>;
  /** At most one per partition, in order of topic and partition. */
  readonly ranges: readonly RangeAdvance[];
  readonly deadLetters: readonly DeadLetter[];
  /**
   * The outcomes of the applied records of each range, given the rows that changed nothing in the store and the rows of
   * erased persons. A record counts as changed if any of its rows changed, and as erased if any of its rows belonged to
   * an erased person.
   */
  countIn(unchanged: ReadonlySet<Row>, erased: ReadonlySet<Row>): Pick<Committed, 'unchanged' | 'erased'>;
}

interface PartitionLedger {
  readonly topic: string;
  readonly partition: number;
  readonly expected: number;
  next: number;
  seen: number;
  applied: number;
  readonly skipped: Record<SkipReason, number>;
  deadLettered: number;
  last: LogRecord | null;
  /** The rows that applied records were merged into, record by record, and where those of each record end. */
  readonly rows: Row[];
  readonly ends: number[];
}

/** Folds chunks of the log. Those of one partition must be consecutive. */
export class ChunkFold<E extends EngineEvent> {
  private readonly fold: RowFold;
  private readonly ledgers = new Map<string, PartitionLedger>();
  private readonly deadLetters: DeadLetter[] = [];
  private recordCount = 0;

  /** @param traced whether `countIn` will be called, which costs memory per record */
  constructor(
    private readonly projection: Projection<E>,
    private readonly traced: boolean,
  ) {
    this.fold = new RowFold(projection.tables);
  }

  /** How many rows the fold has so far. */
  get size(): number {
    return this.fold.size;
  }

  /** How many records were folded so far. */
  get records(): number {
    return this.recordCount;
  }

  get isEmpty(): boolean {
    return this.ledgers.size === 0;
  }

  /** @throws {Error} when the chunk does not continue the last one of its partition */
  add(chunk: Chunk<E>): void {
    const ledger = this.ledgerOf(chunk);
    for (const each of chunk.records) {
      const applied = applyRecord(this.projection, chunk.partition, each);
      switch (applied.outcome) {
        case 'skipped':
          ledger.skipped[applied.reason]++;
          break;
        case 'dead letter':
          ledger.deadLettered++;
          this.deadLetters.push(deadLetterOf(chunk, each.record, applied.event, applied.reason));
          break;
        case 'applied':
          ledger.applied++;
          for (const contribution of applied.contributions) {
            const row = this.fold.add(contribution);
            if (this.traced) ledger.rows.push(row);
          }
          if (this.traced) ledger.ends.push(ledger.rows.length);
          break;
      }
    }
    ledger.seen += chunk.records.length;
    this.recordCount += chunk.records.length;
    ledger.last = chunk.records.at(-1)?.record ?? ledger.last;
    ledger.next = chunk.to;
  }

  /** @returns the fold; nothing can be added afterwards */
  result(): Fold {
    const ledgers = [...this.ledgers.values()].sort(comparePartitions);
    return {
      rows: this.fold.take(),
      ranges: ledgers.map(advanceOf),
      deadLetters: this.deadLetters,
      countIn: (unchanged, erased) => {
        const counts = ledgers.map((ledger) => countRecords(ledger, unchanged, erased));
        return {
          unchanged: counts.map((count) => count.unchanged),
          erased: counts.map((count) => count.erased),
        };
      },
    };
  }

  private ledgerOf({ topic, partition, from }: Chunk<E>): PartitionLedger {
    const slot = partitionKey({ topic, partition });
    let ledger = this.ledgers.get(slot);
    if (!ledger) {
      ledger = {
        topic,
        partition,
        expected: from,
        next: from,
        seen: 0,
        applied: 0,
        skipped: { 'no handler': 0, tombstone: 0 },
        deadLettered: 0,
        last: null,
        rows: [],
        ends: [],
      };
      this.ledgers.set(slot, ledger);
    }
    if (ledger.next !== from)
      throw new Error(`${slot}: a chunk from offset ${from} does not continue the one up to ${ledger.next}`);
    return ledger;
  }
}

export function foldChunks<E extends EngineEvent>(
  projection: Projection<E>,
  chunks: readonly Chunk<E>[],
): Fold {
  const fold = new ChunkFold(projection, true);
  for (const chunk of chunks) fold.add(chunk);
  return fold.result();
}

function advanceOf(ledger: PartitionLedger): RangeAdvance {
  const { topic, partition, expected, next, seen, applied, skipped, deadLettered, last } = ledger;
  const gaps = next - expected - seen;
  if (gaps < 0) throw new Error(`${partitionKey(ledger)}: ${seen} records between ${expected} and ${next}`);
  const lastKey = last?.offset === next - 1 ? keyMark(last) : null;
  return { topic, partition, expected, next, applied, skipped, deadLettered, gaps, lastKey };
}

function countRecords(
  { rows, ends }: PartitionLedger,
  unchangedRows: ReadonlySet<Row>,
  erasedRows: ReadonlySet<Row>,
): { readonly unchanged: number; readonly erased: number } {
  let unchanged = 0;
  let erased = 0;
  let at = 0;
  for (const end of ends) {
    let changed = false;
    let dropped = false;
    for (; at < end; at++) {
      const row = rows[at]!;
      if (erasedRows.size > 0 && erasedRows.has(row)) dropped = true;
      else changed ||= !unchangedRows.has(row);
    }
    if (dropped) erased++;
    else if (!changed) unchanged++;
  }
  return { unchanged, erased };
}
