import type { Row } from '../row';

/** Where rows are put that do not fit into memory: in runs, under the name of their group. */
export interface Spill {
  append(group: string, rows: readonly Row[]): Promise<void>;
  /** The rows that were put there, in the runs that they were put in; they are gone from the spill then. */
  take(group: string): AsyncIterable<readonly Row[]>;
  /** Removes all that is left. */
  dispose(): Promise<void>;
}

export class MemorySpill implements Spill {
  private readonly groups = new Map<string, (readonly Row[])[]>();
  /** How often rows were put here: for tests. */
  appended = 0;

  append(group: string, rows: readonly Row[]): Promise<void> {
    const runs = this.groups.get(group) ?? [];
    this.groups.set(group, runs);
    runs.push(rows.map((row) => [...row]));
    this.appended++;
    return Promise.resolve();
  }

  async *take(group: string): AsyncGenerator<readonly Row[]> {
    const runs = this.groups.get(group) ?? [];
    this.groups.delete(group);
    yield* runs;
  }

  dispose(): Promise<void> {
    this.groups.clear();
    return Promise.resolve();
  }

  get isEmpty(): boolean {
    return this.groups.size === 0;
  }
}
