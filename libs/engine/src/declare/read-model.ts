import { columnComments, type ColumnComments } from './column-comments';
import type { ColumnType, ValueOf } from './column-types';
import { instant, integer, uid, uuid } from './column-types';

/**
 * Merges of a single column. Each is commutative, associative and idempotent, and null contributes nothing.
 * `any` is for a value on which all events of a row agree; should two differ, the greatest stands, so that
 * the order of arrival still does not matter.
 */
export type SingleMerge = 'earliest' | 'greatest' | 'any' | 'union';

export interface SingleSpec<T> {
  readonly merge: SingleMerge;
  readonly type: ColumnType<T>;
}

type GroupColumns = Readonly<Record<string, ColumnType<unknown>>>;

/** Which of a stamp's parts decides first; the event id and canonical JSON come after both. */
export type StampOrder = 'time first' | 'rank first';

/** Columns that change together under one stamp: time, rank of the kind, event id, then canonical JSON. */
export interface LatestSpec<G> {
  readonly merge: 'latest';
  readonly columns: G;
  readonly order: StampOrder;
}

export const earliest = <T>(type: ColumnType<T>): SingleSpec<T> => ({ merge: 'earliest', type });
export const greatest = <T>(type: ColumnType<T>): SingleSpec<T> => ({ merge: 'greatest', type });
export const any = <T>(type: ColumnType<T>): SingleSpec<T> => ({ merge: 'any', type });
export const union = (type: ColumnType<readonly string[]>): SingleSpec<readonly string[]> => ({
  merge: 'union',
  type,
});
/**
 * @param order `rank first` where events number their changes themselves: the number is the rank that is
 * contributed, and a clock decides only between changes of the same number
 */
export const latest = <G extends GroupColumns>(
  columns: G,
  order: StampOrder = 'time first',
): LatestSpec<G> => ({ merge: 'latest', columns, order });

export type ColumnSpecs = Readonly<Record<string, SingleSpec<unknown> | LatestSpec<GroupColumns>>>;

type UnionToIntersection<U> = (U extends unknown ? (x: U) => void : never) extends (x: infer I) => void
  ? I
  : never;

/** The values that a contribution to a table may carry: its key, and any of its columns. */
export type ValuesOf<K, C> = { readonly [P in keyof K]: ValueOf<K[P]> } & UnionToIntersection<
  {
    [P in keyof C]: C[P] extends LatestSpec<infer G>
      ? { readonly [Q in keyof G]?: ValueOf<G[Q]> | null | undefined }
      : C[P] extends SingleSpec<infer T>
        ? { readonly [Q in P]?: T | null | undefined }
        : never;
  }[keyof C]
>;

export type ColumnRole =
  | { readonly kind: 'key' }
  | { readonly kind: 'single'; readonly merge: SingleMerge }
  | { readonly kind: 'latest'; readonly group: number }
  | { readonly kind: 'stamp'; readonly group: number; readonly part: 'time' | 'rank' | 'event' };

export interface Column {
  /** Name in TypeScript, such as `firstSeenAt`. */
  readonly name: string;
  /** Name in the database, such as `first_seen_at`. */
  readonly sqlName: string;
  readonly type: ColumnType<unknown>;
  readonly role: ColumnRole;
  /** Place in a row, which is an array. */
  readonly index: number;
}

export interface LatestGroup {
  readonly name: string;
  /** Columns of the group in the order of canonical JSON (RFC 8785: names sorted). */
  readonly columns: readonly Column[];
  readonly order: StampOrder;
  readonly time: Column;
  readonly rank: Column;
  readonly event: Column;
  /** The three of them, the one that decides first in front. */
  readonly stamp: readonly Column[];
}

/** A column that the database derives from the row's others. */
export interface GeneratedColumn {
  readonly sqlName: string;
  readonly sql: string;
  readonly type: string;
}

export interface ReadModel<V = unknown> {
  readonly kind: 'read-model';
  readonly name: string;
  readonly columns: readonly Column[];
  /** A row without any value, to be copied. */
  readonly empty: readonly null[];
  readonly keys: readonly Column[];
  readonly singles: readonly Column[];
  readonly groups: readonly LatestGroup[];
  /** Kept once per partition and merged by its view, since its key is not what its topic is partitioned by. */
  readonly sharded: boolean;
  /** Says whose the rows are: they go when that person is erased. null: nobody's. */
  readonly person: Column | null;
  /** Whether the first key column after the workspace stands before it in the indexes. */
  readonly ownerFirst: boolean;
  /** Stored columns derived from others, usable in indexes. Not allowed on a sharded table. */
  readonly generated: readonly GeneratedColumn[];
  /** Columns that only the view has, as SQL over the view's own columns. */
  readonly viewColumns: readonly GeneratedColumn[];
  /** Secondary indexes: lists of SQL column names or expressions, the workspace put in by the engine. */
  readonly indexes: readonly (readonly string[])[];
  /** What the table holds, for people who read the database. */
  readonly comment: string;
  readonly columnComments: ColumnComments;
  readonly __values?: V;
}

export interface ReadModelOptions<P extends string = string> {
  readonly comment: string;
  /**
   * The column that says which person's a row is, so that it goes when the person is erased; null when the table tells
   * of nobody. It has to be part of the key, so that all that contributes to a row is the same person's. Where several
   * persons may be concerned it is a set of uids, and the key has to tell sets apart.
   */
  readonly person: P | null;
  /** What each column holds, derived ones included; the workspace and stamps need no words. */
  readonly columns?: Readonly<Record<string, string>>;
  readonly sharded?: boolean;
  /**
   * For rows that are only ever looked up by what they belong to, never by workspace alone: every index then starts
   * with that and has the workspace second. On the way down an index every comparison looks at its first column,
   * and a workspace, which is the same in most rows, decides none.
   */
  readonly ownerFirst?: boolean;
  readonly generated?: Readonly<Record<string, { readonly type: string; readonly sql: string }>>;
  readonly viewColumns?: Readonly<Record<string, { readonly type: string; readonly sql: string }>>;
  readonly indexes?: readonly (readonly string[])[];
}

export type AnyReadModel = ReadModel<unknown>;

/**
 * Declares a read model. Its key starts with the workspace, always.
 *
 * @param name table and view name, snake_case, unique among all projections
 * @throws {Error} for a declaration that contradicts itself
 */
export function readModel<
  const K extends Readonly<Record<string, ColumnType<unknown>>>,
  const C extends ColumnSpecs,
>(
  name: string,
  key: K,
  columns: C,
  options: ReadModelOptions<Extract<keyof K | keyof C, string>>,
): ReadModel<ValuesOf<K, C>> {
  const all: Column[] = [];
  const groups: LatestGroup[] = [];
  const add = (columnName: string, type: ColumnType<unknown>, role: ColumnRole): Column => {
    if (all.some((column) => column.name === columnName))
      throw new Error(`read model ${name}: column ${columnName} is declared twice`);
    const column = { name: columnName, sqlName: snakeCase(columnName), type, role, index: all.length };
    all.push(column);
    return column;
  };

  add('workspace', uid, { kind: 'key' });
  for (const [column, type] of Object.entries(key)) add(column, type, { kind: 'key' });
  for (const [column, spec] of Object.entries(columns)) {
    if (spec.merge !== 'latest') {
      if ((spec.merge === 'union') !== (spec.type.name === 'set'))
        throw new Error(`read model ${name}: column ${column}: union is for sets, and sets merge by union`);
      add(column, spec.type, { kind: 'single', merge: spec.merge });
      continue;
    }
    const group = groups.length;
    const members = Object.entries(spec.columns).map(([member, type]) =>
      add(member, type, { kind: 'latest', group }),
    );
    // Declared in the order in which they decide, so that another order is another shape of the table.
    const addRank = (): Column => add(`${column}Rank`, integer, { kind: 'stamp', group, part: 'rank' });
    const ahead = spec.order === 'rank first' ? addRank() : null;
    const time = add(`${column}Time`, instant, { kind: 'stamp', group, part: 'time' });
    const rank = ahead ?? addRank();
    const event = add(`${column}EventId`, uuid, { kind: 'stamp', group, part: 'event' });
    groups.push({
      name: column,
      columns: members.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      order: spec.order,
      ...{ time, rank, event },
      stamp: ahead ? [rank, time, event] : [time, rank, event],
    });
  }
  const generated = generatedColumns(options.generated);
  if (options.sharded && generated.length > 0)
    throw new Error(
      `read model ${name}: a sharded table is merged by its view and cannot have generated columns`,
    );

  const derived = Object.keys({ ...options.generated, ...options.viewColumns });
  const named = [...all, ...derived.map((column) => ({ name: column, sqlName: snakeCase(column) }))];

  return {
    kind: 'read-model',
    name,
    columns: all,
    empty: all.map(() => null),
    keys: all.filter((column) => column.role.kind === 'key'),
    singles: all.filter((column) => column.role.kind === 'single'),
    groups,
    sharded: options.sharded ?? false,
    person: personColumn(name, all, options.person),
    ownerFirst: options.ownerFirst ?? false,
    generated,
    viewColumns: generatedColumns(options.viewColumns),
    indexes: options.indexes ?? [],
    comment: options.comment,
    columnComments: columnComments(`read model ${name}`, options.columns ?? {}, named, groups),
  };
}

function personColumn(table: string, columns: readonly Column[], name: string | null): Column | null {
  if (name === null) return null;
  const column = columns.find((each) => each.name === name);
  const names = column?.role.kind === 'key' ? column.type.name === 'uuid' : column?.type.name === 'set';
  if (!column || !names)
    throw new Error(
      `read model ${table}: ${name} cannot say whose a row is: it is neither a uuid of the key nor a set`,
    );
  return column;
}

function generatedColumns(columns: ReadModelOptions['generated']): GeneratedColumn[] {
  return Object.entries(columns ?? {}).map(([name, { type, sql }]) => ({
    sqlName: snakeCase(name),
    type,
    sql,
  }));
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function columnOf(table: AnyReadModel, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (!column) throw new Error(`read model ${table.name} has no column ${name}`);
  return column;
}
