import type { SetAside } from './fold';
import type { BatchCommit, CommitOutcome, ProjectionStore } from './ports';
import type { Projection } from './projection';
import type { AnyReadModel } from './read-model';
import { keyOf, mergeInto, type Row } from './row';
import { groupOf, type Tally } from './tally';

/** The store kept in memory: for the model tests, and for given/when/then over a projection. */
export class MemoryStore implements ProjectionStore {
  private readonly positions = new Map<string, number>();
  private readonly tables = new Map<AnyReadModel, Map<string, Row>>();
  private readonly tallies = new Map<Tally, Map<string, number[]>>();
  readonly deadLetters: (SetAside & { projection: string; topic: string; partition: number })[] = [];

  constructor(private readonly projections: readonly Projection<never>[]) {}

  position(projection: string, topic: string, partition: number): Promise<number> {
    return Promise.resolve(this.positions.get(`${projection} ${topic} ${partition}`) ?? 0);
  }

  commit(commit: BatchCommit): Promise<CommitOutcome> {
    const { projection, topic, partition } = commit;
    const slot = `${projection} ${topic} ${partition}`;
    const position = this.positions.get(slot) ?? 0;
    if (position !== commit.expected) return Promise.resolve({ outcome: 'moved', position });
    const declared = this.projections.find((candidate) => candidate.name === projection);
    for (const [table, rows] of commit.rows) this.merge(table, rows, declared?.tallies ?? []);
    for (const letter of commit.deadLetters)
      this.deadLetters.push({ ...letter, projection, topic, partition });
    this.positions.set(slot, commit.next);
    return Promise.resolve({ outcome: 'committed' });
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

  private merge(table: AnyReadModel, rows: readonly Row[], tallies: readonly Tally[]): void {
    const known = this.tables.get(table) ?? new Map<string, Row>();
    this.tables.set(table, known);
    for (const row of rows) {
      const key = keyOf(table, row);
      const before = known.get(key);
      const after = before ? [...before] : [...row];
      if (before) mergeInto(table, after, row);
      known.set(key, after);
      for (const tally of tallies) this.count(tally, table, before, after);
    }
  }

  private count(tally: Tally, table: AnyReadModel, before: Row | undefined, after: Row): void {
    const counts = this.tallies.get(tally) ?? new Map<string, number[]>();
    this.tallies.set(tally, counts);
    const add = (index: number, row: Row, delta: number): void => {
      const group = groupOf(tally.measures[index]!, row);
      if (group === null) return;
      const key = JSON.stringify([row[0], ...group]);
      const values = counts.get(key) ?? new Array<number>(tally.measures.length).fill(0);
      values[index]! += delta;
      counts.set(key, values);
    };
    tally.measures.forEach((measure, index) => {
      if (measure.over !== table) return;
      if (before) add(index, before, -1);
      add(index, after, 1);
    });
  }
}
