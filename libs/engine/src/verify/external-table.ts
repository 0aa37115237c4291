import type { Row } from '../row';
import { RowTable } from '../row-table';
import type { Relation } from './relation';
import type { Spill } from './spill';

/** Six bits of a key's hash tell the group of each level, so there are five levels at most. */
const GROUP_BITS = 6;
const GROUPS = 1 << GROUP_BITS;
const LAST_LEVEL = 4;
/** Rows that are written, and read again, at a time. */
const RUN_ROWS = 1_000;
/** Rows that are handed over at a time. */
const TURN_ROWS = 2_000;

/** How many rows several tables may keep in memory together, and how many they do. */
export class Budget {
  rows = 0;
  peak = 0;
  /** Rows that were written to the spill, those of every level counted. */
  spilled = 0;

  constructor(readonly limit: number) {}

  get isExceeded(): boolean {
    return this.rows > this.limit;
  }
}

/**
 * Rows by key, more than fit into memory: what does not is spilled by groups of the key's hash, and each group
 * is merged by itself in the end, spilled by further bits if it does not fit either (the hash aggregation of
 * databases, after the Grace join).
 */
export class ExternalTable {
  private readonly table: RowTable;
  /** The groups that hold spilled rows. */
  private readonly groups = new Set<number>();

  constructor(
    private readonly relation: Relation,
    private readonly spill: Spill,
    private readonly budget: Budget,
    private readonly name: string,
    private readonly level = 0,
  ) {
    this.table = new RowTable(relation);
  }

  get hasSpilled(): boolean {
    return this.groups.size > 0;
  }

  /** The row becomes the table's own. To be followed by `spillRows` when the budget is exceeded. */
  add(row: Row): void {
    if (this.table.add(row) !== row) return;
    const { budget } = this;
    if (++budget.rows > budget.peak) budget.peak = budget.rows;
  }

  /** Writes away what is in memory. */
  async spillRows(): Promise<void> {
    const runs = new Map<number, Row[]>();
    const { rows, hashes } = this.table.drain();
    rows.forEach((row, i) => {
      const group = (hashes[i]! >>> (this.level * GROUP_BITS)) & (GROUPS - 1);
      const run = runs.get(group);
      if (run) run.push(row);
      else runs.set(group, [row]);
    });
    for (const [group, run] of runs) {
      this.groups.add(group);
      for (let at = 0; at < run.length; at += RUN_ROWS)
        await this.spill.append(this.nameOf(group), run.slice(at, at + RUN_ROWS));
    }
    this.budget.rows -= rows.length;
    this.budget.spilled += rows.length;
  }

  /** Hands over every row, merged, in runs; the table is empty afterwards. */
  async *finish(): AsyncGenerator<readonly Row[]> {
    if (!this.hasSpilled) {
      yield* this.inMemory();
      return;
    }
    await this.spillRows();
    for (const group of this.groups) {
      const { relation, spill, budget, level } = this;
      const part = new ExternalTable(relation, spill, budget, this.nameOf(group), level + 1);
      for await (const rows of spill.take(this.nameOf(group))) {
        for (const row of rows) part.add(row);
        // Keys that agree in all bits of their hash cannot be told apart by it: they stay together.
        if (budget.isExceeded && level < LAST_LEVEL) await part.spillRows();
      }
      yield* part.finish();
    }
    this.groups.clear();
  }

  private *inMemory(): Generator<readonly Row[]> {
    const { rows } = this.table.drain();
    for (let at = 0; at < rows.length; at += TURN_ROWS) yield rows.slice(at, at + TURN_ROWS);
    this.budget.rows -= rows.length;
  }

  private nameOf(group: number): string {
    return `${this.name}/${group}`;
  }
}
