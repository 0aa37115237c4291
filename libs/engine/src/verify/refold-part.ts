import { setImmediate } from 'node:timers/promises';
import { ErasedPersons, type ErasedPerson } from '../erasure/erased-persons';
import type { EngineEvent } from '../log/event';
import type { RecordBatch } from '../log/record';
import { decodedRecord } from '../fold/apply';
import type { OffsetRange, Source } from '../log/log-reader';
import type { Projection } from '../declare/projection';
import type { AnyReadModel } from '../declare/read-model';
import type { Row } from '../declare/column-types';
import { RowTable } from '../fold/row-table';
import type { Measure, Tally } from '../declare/tally';
import { LogLedger, type LedgerEntries } from './ledger';
import { countedRows, relationOf, type Relation } from './relation';
import { RepeatedKeys } from './repeated-keys';
import type { RowCodec } from './row-codec';
import { RowDigester } from './row-digest';
import { readGroup, SpillFile, type SpillIndex } from './spill-file';
import type { StoredDeadLetter } from './verify-store';

/** Receives every row of the wanted relations. */
interface RowSink {
  /** `digester` has digested the row. */
  add(relation: Relation, row: Row, digester: RowDigester): void;
  /** The row was added, but its key is in other rows as well: their merge is added next. */
  remove(relation: Relation, row: Row, digester: RowDigester): void;
}

/** What one part of a refold reads, and how much memory it may use. */
export interface FoldTask {
  readonly ranges: readonly OffsetRange[];
  /** At least those of these partitions. */
  readonly deadLetters: readonly StoredDeadLetter[];
  /** Persons whose rows are left out. */
  readonly erased: readonly ErasedPerson[];
  /** The most rows in memory; those of one batch come on top. */
  readonly maxRows: number;
  /** How many groups of keys rows are spilled by; a power of two. */
  readonly groups: number;
  /** No other part has rows of the same keys. */
  readonly alone: boolean;
}

export interface Folded {
  readonly entries: LedgerEntries;
  /** null when all rows fitted into memory and no other part can have any of their keys. */
  readonly spilled: SpillIndex | null;
}

export interface RefoldCost {
  /** The most rows in memory at a time, and how many were spilled. */
  readonly peakRows: number;
  readonly spilledRows: number;
}

/** The share of the rows in memory that is reserved for tallies. */
const TALLY_SHARE = 0.25;
/** Rows that are handed over before other work of this thread gets its turn. */
const TURN_ROWS = 2_000;

interface Folding {
  readonly relation: Relation;
  readonly wanted: boolean;
  readonly rows: RowTable;
  readonly digester: RowDigester;
}

interface FoldedTable extends Folding {
  readonly counts: { readonly tally: Tally; readonly measure: Measure; readonly groups: RowTable }[];
}

/**
 * Folds partitions of the log into rows with nothing but the projection's pure functions, in bounded memory. Rows that
 * do not fit are handed over and spilled. Keys that occur again, here or in another part, are found among the spilled
 * rows at the end, taken back, merged, and handed over once more. Tallies are counted on the way.
 */
export class PartRefold<E extends EngineEvent> {
  private readonly tables: readonly FoldedTable[];
  private readonly tallies: readonly Folding[];
  private readonly folds: ReadonlyMap<AnyReadModel, RowTable>;
  private task: FoldTask | null = null;
  private spill: SpillFile | null = null;
  private countSpill: SpillFile | null = null;
  private peakRows = 0;
  private spilledRows = 0;

  constructor(
    private readonly projection: Projection<E>,
    private readonly source: Source<E>,
    codec: RowCodec,
    relations: readonly Relation[],
    buckets: number,
    private readonly sink: RowSink,
  ) {
    const wanted = new Map(relations.map((relation) => [relation.of, relation]));
    const folding = (of: AnyReadModel | Tally): Folding => {
      const relation = wanted.get(of) ?? relationOf(of);
      return {
        relation,
        wanted: wanted.has(of),
        rows: new RowTable(relation),
        digester: new RowDigester(codec, relation, buckets),
      };
    };
    const tallies = projection.tallies.filter((tally) => wanted.has(tally));
    this.tallies = tallies.map(folding);
    this.tables = projection.tables.map((table) => ({
      ...folding(table),
      counts: tallies.flatMap((tally, i) =>
        tally.measures
          .filter(({ over }) => over === table)
          .map((measure) => ({ tally, measure, groups: this.tallies[i]!.rows })),
      ),
    }));
    const folded = this.tables.filter(({ wanted: is, counts }) => is || counts.length > 0);
    this.folds = new Map(folded.map(({ relation, rows }) => [relation.of as AnyReadModel, rows]));
  }

  get cost(): RefoldCost {
    return { peakRows: this.peakRows, spilledRows: this.spilledRows };
  }

  /** @param read receives how many more offsets were read */
  async fold(task: FoldTask, read: (offsets: number) => void, signal: AbortSignal): Promise<Folded> {
    this.task = task;
    const ledger = new LogLedger(this.projection, task.deadLetters, new ErasedPersons(task.erased));
    const mostRows = task.maxRows * (this.tallies.length > 0 ? 1 - TALLY_SHARE : 1);
    const take = async (batch: RecordBatch): Promise<void> => {
      const contributionsOf = ledger.partition(batch);
      for (const record of batch.records)
        for (const { table, row } of contributionsOf(decodedRecord(record, this.source.decode)))
          this.folds.get(table)?.add(row);
      if (this.measure() > mostRows) await this.handOver(true, signal);
      read(batch.nextOffset - batch.fromOffset);
    };
    await this.source.log.read(task.ranges, take, signal);
    await this.handOver(!task.alone || this.spill !== null, signal);
    return { entries: ledger.entries(), spilled: this.spill?.index() ?? null };
  }

  /**
   * Merges the rows of keys that were spilled more than once.
   *
   * @param spills of all parts
   * @param groups those that this part merges; no other part does
   * @returns spilled counts of groups that other parts may have as well
   */
  async merge(
    spills: readonly SpillIndex[],
    groups: readonly number[],
    signal: AbortSignal,
  ): Promise<SpillIndex | null> {
    for (const group of groups) {
      const keys = new RepeatedKeys(spills.reduce((sum, index) => sum + index.groups[group]!.records, 0));
      for (const index of spills) readGroup(index, group, (table, hash, crc) => keys.add(table, hash, crc));
      // Several passes where the rows of repeated keys do not fit into memory at once.
      const passes = Math.ceil(keys.repeated / this.task!.maxRows);
      for (let pass = 0; pass < passes; pass++) {
        for (const index of spills)
          readGroup(index, group, (table, hash, crc, bytes, start, end) => {
            if ((crc >>> 0) % passes === pass && keys.has(table, hash, crc))
              this.takeBack(this.tables[table]!, bytes, start, end);
          });
        this.measure();
        await this.handOver(false, signal);
      }
      await turn(signal);
    }
    if (this.task!.alone && this.countSpill === null) return null;
    this.spillCounts();
    return this.countSpill?.index() ?? null;
  }

  /** Adds up the counts of groups. The parameters are those of `merge`. */
  async count(
    spills: readonly SpillIndex[],
    groups: readonly number[],
    signal: AbortSignal,
  ): Promise<RefoldCost> {
    await this.handOverCounts(signal);
    for (const group of groups) {
      for (const index of spills)
        readGroup(index, group, (tally, _hash, _crc, bytes, start, end) => {
          const { rows, digester } = this.tallies[tally]!;
          rows.add(digester.decode(bytes, start, end));
        });
      this.measure();
      await this.handOverCounts(signal);
    }
    return this.cost;
  }

  /** Frees the disk. What was spilled is no longer readable. */
  close(): void {
    this.spill?.close();
    this.countSpill?.close();
    this.spill = this.countSpill = null;
  }

  private async handOver(spilling: boolean, signal: AbortSignal): Promise<void> {
    for (const [place, table] of this.tables.entries()) {
      const { digester, relation, wanted } = table;
      const { rows, hashes } = table.rows.drain();
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i]!;
        digester.digest(row);
        if (wanted) this.sink.add(relation, row, digester);
        countRow(table, row, 1);
        if (spilling) this.spillInto().append(place, hashes[i]!, digester.crc, digester.bytes);
        if (i % TURN_ROWS !== 0) continue;
        if (this.tallySize() > this.task!.maxRows * TALLY_SHARE) this.spillCounts();
        await turn(signal);
      }
      if (spilling) this.spilledRows += rows.length;
    }
  }

  private takeBack(table: FoldedTable, bytes: Buffer, start: number, end: number): void {
    const row = table.digester.decode(bytes, start, end);
    if (table.wanted) {
      table.digester.digest(row);
      this.sink.remove(table.relation, row, table.digester);
    }
    countRow(table, row, -1);
    table.rows.add(row);
  }

  private async handOverCounts(signal: AbortSignal): Promise<void> {
    for (const { relation, rows: groups, digester } of this.tallies) {
      const { rows } = groups.drain();
      for (const [i, row] of rows.entries()) {
        if (i % TURN_ROWS === 0) await turn(signal);
        if (!relation.exists(row)) continue;
        digester.digest(row);
        this.sink.add(relation, row, digester);
      }
    }
  }

  private spillCounts(): void {
    for (const [place, { rows: groups, digester }] of this.tallies.entries()) {
      const { rows, hashes } = groups.drain();
      for (const [i, row] of rows.entries()) {
        digester.digest(row);
        this.countSpill ??= new SpillFile(this.task!.groups);
        this.countSpill.append(place, hashes[i]!, digester.crc, digester.bytes);
      }
      this.spilledRows += rows.length;
    }
  }

  private spillInto(): SpillFile {
    return (this.spill ??= new SpillFile(this.task!.groups));
  }

  /** @returns how many rows of tables are in memory */
  private measure(): number {
    const rows = this.tables.reduce((sum, { rows: { size } }) => sum + size, 0);
    this.peakRows = Math.max(this.peakRows, rows + this.tallySize());
    return rows;
  }

  private tallySize(): number {
    return this.tallies.reduce((sum, { rows: { size } }) => sum + size, 0);
  }
}

function countRow({ counts }: FoldedTable, row: Row, times: number): void {
  for (const { tally, measure, groups } of counts)
    for (const counted of countedRows(tally, measure, row)) {
      if (times !== 1)
        for (let i = counted.length - tally.measures.length; i < counted.length; i++)
          counted[i] = (counted[i] as number) * times;
      groups.add(counted);
    }
}

/** Lets other work of this thread run, such as an abort of the signal. */
async function turn(signal: AbortSignal): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}
