import type { Cell } from './reading';

/** A row by column, as its view has it. */
export type Row = Readonly<Record<string, Cell>>;

export interface Expected {
  /** The columns that tell rows apart. */
  readonly key: readonly string[];
  /** All columns, the key first. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

/** Something kept per key. */
export class Keyed<T> {
  private readonly entries = new Map<string, { readonly key: readonly string[]; value: T }>();

  update(key: readonly string[], change: (value: T | undefined) => T): void {
    const id = JSON.stringify(key);
    this.entries.set(id, { key, value: change(this.entries.get(id)?.value) });
  }

  /** A view of it, columns in snake_case; the columns are those of `empty`, so that a view without rows has them. */
  view(key: readonly string[], empty: T, show: (value: T) => Readonly<Record<string, Cell>>): Expected {
    const columns = [...key, ...Object.keys(show(empty))].map(snakeCase);
    const rows = [...this.entries.values()].map(({ key: values, value }) =>
      Object.fromEntries([...values, ...Object.values(show(value))].map((cell, i) => [columns[i]!, cell])),
    );
    return { key: key.map(snakeCase), columns, rows };
  }

  values(): { readonly key: readonly string[]; readonly value: T }[] {
    return [...this.entries.values()];
  }
}

export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
