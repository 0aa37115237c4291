import type { AnyReadModel, Tally, Row } from '@app/engine';
import {
  groupsOf,
  keyOf,
  mergeInto,
  type ErasedPersons,
  type ProjectionDeclaration,
} from '@app/engine/adapters';

/** The tables of one generation, in memory. */
export class MemoryTables {
  private readonly tables = new Map<AnyReadModel, Map<string, Row>>();
  private readonly tallies = new Map<Tally, Map<string, number[]>>();

  constructor(private readonly projection: ProjectionDeclaration) {}

  /** @returns those of the rows that changed nothing */
  merge(rowsOf: ReadonlyMap<AnyReadModel, readonly Row[]>): ReadonlySet<Row> {
    const unchanged = new Set<Row>();
    for (const [table, rows] of rowsOf) {
      const known = this.tables.get(table) ?? new Map<string, Row>();
      this.tables.set(table, known);
      for (const row of rows) {
        const key = keyOf(table, row);
        const before = known.get(key);
        const after = before ? [...before] : [...row];
        if (before) mergeInto(table, after, row);
        known.set(key, after);
        if (before && sameRow(table, before, after)) {
          unchanged.add(row);
          continue;
        }
        for (const tally of this.projection.tallies) this.count(tally, table, before, after);
      }
    }
    return unchanged;
  }

  /** Deletes the rows of persons, and subtracts them from every count. */
  forget(persons: ErasedPersons): void {
    for (const [table, rows] of this.tables) {
      if (table.person === null) continue;
      for (const [key, row] of rows) {
        if (!persons.owns(table, row)) continue;
        rows.delete(key);
        for (const tally of this.projection.tallies) this.count(tally, table, row, undefined);
      }
    }
  }

  /** Rows of a read model by column name, in order of key. */
  rowsOf(table: AnyReadModel): Record<string, unknown>[] {
    return [...(this.tables.get(table)?.values() ?? [])]
      .map((row) => ({ key: JSON.stringify(table.keys.map((column) => row[column.index])), row }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ row }) => Object.fromEntries(table.columns.map((column) => [column.name, row[column.index]])));
  }

  /** Groups of a tally whose counts are not all zero, in order of key. */
  groupsOf(tally: Tally): Record<string, unknown>[] {
    return [...(this.tallies.get(tally) ?? [])]
      .filter(([, counts]) => counts.some((n) => n !== 0))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, counts]) => ({
        ...Object.fromEntries(tally.keys.map(({ name }, i) => [name, (JSON.parse(key) as unknown[])[i]])),
        ...Object.fromEntries(tally.measures.map(({ name }, i) => [name, counts[i]])),
      }));
  }

  /** The stored rows of a read model, by key. */
  rawRows(table: AnyReadModel): Map<string, Row> | undefined {
    return this.tables.get(table);
  }

  /** The groups of a tally as rows: workspace and group, then the counts. */
  rawGroups(tally: Tally): Row[] {
    return [...(this.tallies.get(tally) ?? [])].map(([key, counts]) => [
      ...(JSON.parse(key) as Row),
      ...counts,
    ]);
  }

  /** The stored counts of a group; all zero for a new one. */
  rawCounts(tally: Tally, group: string): number[] {
    const groups = this.tallies.get(tally) ?? new Map<string, number[]>();
    this.tallies.set(tally, groups);
    const counts = groups.get(group) ?? new Array<number>(tally.measures.length).fill(0);
    groups.set(group, counts);
    return counts;
  }

  private count(tally: Tally, table: AnyReadModel, before: Row | undefined, after: Row | undefined): void {
    const add = (index: number, row: Row, delta: number): void => {
      for (const group of groupsOf(tally.measures[index]!, row))
        this.rawCounts(tally, JSON.stringify([row[0], ...group]))[index]! += delta;
    };
    tally.measures.forEach((measure, index) => {
      if (measure.over !== table) return;
      if (before) add(index, before, -1);
      if (after) add(index, after, 1);
    });
  }
}

/** Whether a merge changed nothing, or its position alone. */
function sameRow({ position }: AnyReadModel, a: Row, b: Row): boolean {
  return a.every((value, i) => {
    if (i === position?.index) return true;
    const other = b[i]!;
    if (!Array.isArray(value) || !Array.isArray(other)) return value === other;
    return value.length === other.length && value.every((item, j) => item === other[j]);
  });
}
