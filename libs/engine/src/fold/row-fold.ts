import type { Row } from '../declare/column-types';
import type { Contribution } from '../declare/contribution';
import type { AnyReadModel } from '../declare/read-model';
import { mergeInto } from './merge';
import { RowTable } from './row-table';

/** Merges contributions into one row per table and key. */
export class RowFold {
  private readonly tables: ReadonlyMap<AnyReadModel, RowTable>;
  private count = 0;

  constructor(tables: readonly AnyReadModel[]) {
    this.tables = new Map(
      tables.map((table) => {
        const merge = (target: Row, source: Row): void => mergeInto(table, target, source);
        return [table, new RowTable({ keyColumns: table.keys.length, merge })];
      }),
    );
  }

  get size(): number {
    return this.count;
  }

  /** @returns the row that the contribution was merged into */
  add({ table, row }: Contribution): Row {
    const rows = this.tables.get(table);
    if (!rows) throw new Error(`${table.name} is not a table of this projection`);
    const own = rows.add(row);
    if (own === row) this.count++;
    return own;
  }

  /** Removes and returns all rows. */
  take(): ReadonlyMap<AnyReadModel, readonly Row[]> {
    this.count = 0;
    return new Map([...this.tables].map(([table, rows]) => [table, rows.drain().rows]));
  }
}
