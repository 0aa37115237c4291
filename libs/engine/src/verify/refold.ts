import { decodedRecord } from '../fold';
import { setImmediate } from 'node:timers/promises';
import type { EngineEvent, RecordBatch } from '../event';
import type { OffsetRange, Source } from '../ports';
import type { Projection } from '../projection';
import type { AnyReadModel } from '../read-model';
import type { Row } from '../row';
import type { Measure, Tally } from '../tally';
import { Budget, ExternalTable } from './external-table';
import type { Ledger } from './ledger';
import { countedRows, relationOf, type Relation } from './relation';
import type { Spill } from './spill';

export interface RefoldOptions<E extends EngineEvent> {
  readonly projection: Projection<E>;
  readonly source: Source<E>;
  readonly ranges: readonly OffsetRange[];
  readonly ledger: Ledger<E>;
  /** What is wanted of the projection's tables and tallies. */
  readonly relations: readonly Relation[];
  /** Begins the names of the groups that it spills. */
  readonly name: string;
  readonly spill: Spill;
  /** Rows in memory at a time; those of one batch come on top. */
  readonly maxRows: number;
  /** Gets every row of the wanted relations once, merged. */
  readonly take: (relation: Relation, row: Row) => void;
  /** Offsets that are behind it. */
  readonly tell: (done: number) => void;
  readonly signal: AbortSignal;
}

export interface RefoldCost {
  readonly peakRows: number;
  readonly spilledRows: number;
}

/** Part of the rows in memory that is kept for tallies, which fill up while the rows they count are handed over. */
const TALLY_SHARE = 0.25;

/**
 * Folds the log into rows with the projection's pure functions alone, in bounded memory: rows are spilled when
 * there are more, and merged group by group in the end. Tallies are counted from the final rows.
 *
 * @throws what the log throws, and the signal's reason once it is aborted
 */
export async function refold<E extends EngineEvent>(options: RefoldOptions<E>): Promise<RefoldCost> {
  const { source, ranges, signal } = options;
  const work = new Refold(options);
  await source.log.read(ranges, (batch) => work.add(batch), signal);
  await work.finish();
  return work.cost;
}

interface FoldedTable {
  readonly relation: Relation;
  readonly wanted: boolean;
  readonly rows: ExternalTable;
  readonly counts: { readonly tally: Tally; readonly measure: Measure; readonly groups: ExternalTable }[];
}

class Refold<E extends EngineEvent> {
  private readonly tables = new Map<AnyReadModel, FoldedTable>();
  private readonly tallies: { readonly relation: Relation; readonly groups: ExternalTable }[] = [];
  private readonly rows: Budget;
  private readonly groups: Budget;
  private done = 0;

  constructor(private readonly options: RefoldOptions<E>) {
    const { projection, relations, maxRows } = options;
    const wanted = new Map(relations.map((relation) => [relation.of, relation]));
    const tallies = projection.tallies.filter((tally) => wanted.has(tally));
    const counted = new Set(tallies.flatMap(({ measures }) => measures.map(({ over }) => over)));
    const share = tallies.length > 0 ? Math.floor(maxRows * TALLY_SHARE) : 0;
    this.rows = new Budget(maxRows - share);
    this.groups = new Budget(share);
    for (const table of projection.tables) {
      if (!wanted.has(table) && !counted.has(table)) continue;
      const relation = wanted.get(table) ?? relationOf(table);
      const rows = this.external(relation, this.rows);
      this.tables.set(table, { relation, wanted: wanted.has(table), rows, counts: [] });
    }
    for (const tally of tallies) {
      const relation = wanted.get(tally)!;
      const groups = this.external(relation, this.groups);
      this.tallies.push({ relation, groups });
      for (const measure of tally.measures)
        this.tables.get(measure.over)!.counts.push({ tally, measure, groups });
    }
  }

  get cost(): RefoldCost {
    return {
      peakRows: this.rows.peak + this.groups.peak,
      spilledRows: this.rows.spilled + this.groups.spilled,
    };
  }

  async add(batch: RecordBatch): Promise<void> {
    const { ledger, source, tell } = this.options;
    const contributionsOf = ledger.partition(batch);
    for (const record of batch.records)
      for (const { table, row } of contributionsOf(decodedRecord(record, source.decode)))
        this.tables.get(table)?.rows.add(row);
    if (this.rows.isExceeded) for (const { rows } of this.tables.values()) await rows.spillRows();
    this.done += batch.nextOffset - batch.fromOffset;
    tell(this.done);
  }

  async finish(): Promise<void> {
    const tables = [...this.tables.values()];
    // Before the first is read back: what the others keep in memory would leave it no room.
    if (tables.some(({ rows }) => rows.hasSpilled)) for (const { rows } of tables) await rows.spillRows();
    for (const table of tables)
      for await (const rows of table.rows.finish()) {
        await this.turn();
        for (const row of rows) this.handOver(table, row);
        if (this.groups.isExceeded) for (const { groups } of this.tallies) await groups.spillRows();
      }
    if (this.tallies.some(({ groups }) => groups.hasSpilled))
      for (const { groups } of this.tallies) await groups.spillRows();
    for (const { relation, groups } of this.tallies)
      for await (const rows of groups.finish()) {
        await this.turn();
        for (const row of rows) if (relation.exists(row)) this.options.take(relation, row);
      }
  }

  private handOver({ relation, wanted, counts }: FoldedTable, row: Row): void {
    if (wanted) this.options.take(relation, row);
    for (const { tally, measure, groups } of counts)
      for (const counted of countedRows(tally, measure, row)) groups.add(counted);
  }

  /** Others in this process get theirs between runs of rows. */
  private async turn(): Promise<void> {
    await setImmediate();
    this.options.signal.throwIfAborted();
  }

  private external(relation: Relation, budget: Budget): ExternalTable {
    return new ExternalTable(relation, this.options.spill, budget, `${this.options.name}/${relation.name}`);
  }
}
