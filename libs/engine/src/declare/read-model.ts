import { apiOf, type ApiSpec, type ReadModelApi } from './api';
import { columnComments, type ColumnComments } from './column-comments';
import {
  instant,
  integer,
  uuid,
  viewColumn,
  workspace,
  type Computed,
  type Described,
  type ViewColumn,
} from './columns';
import type { Columns, ColumnSpecs, LatestSpec, SingleMerge, StampOrder } from './merges';
import type { ColumnsIn, ComputedIn, Contributed, Part, PositionsIn, ApiRow, ViewRow } from './row-types';

type AnyColumn = Described<unknown>;
type ComputedColumns = Readonly<Record<string, Computed>>;

type ColumnRole =
  | { readonly kind: 'key' }
  | { readonly kind: 'single'; readonly merge: SingleMerge }
  | { readonly kind: 'position' }
  | { readonly kind: 'latest'; readonly group: number }
  | { readonly kind: 'stamp'; readonly group: number; readonly part: 'time' | 'rank' | 'event' };

export interface Column extends ViewColumn {
  readonly role: ColumnRole;
  /** Index in a row, which is an array. */
  readonly index: number;
}

export interface LatestGroup {
  readonly name: string;
  /** Columns of the group in the order of canonical JSON: sorted by name (RFC 8785). */
  readonly columns: readonly Column[];
  readonly order: StampOrder;
  readonly time: Column;
  readonly rank: Column;
  readonly event: Column;
  /** Time, rank and event in the order in which they decide. */
  readonly stamp: readonly Column[];
}

interface ComputedColumn extends ViewColumn {
  readonly sql: string;
}

/**
 * @typeParam V the values that a contribution carries
 * @typeParam R a row of the view
 * @typeParam S a row in the API's responses
 */
export interface ReadModel<V = unknown, R = unknown, S = unknown> {
  readonly kind: 'read-model';
  readonly name: string;
  readonly columns: readonly Column[];
  /** A row without any value, to be copied. */
  readonly empty: readonly null[];
  readonly keys: readonly Column[];
  readonly singles: readonly Column[];
  /** Where the record of the row's event is in the log; null: it is not kept. */
  readonly position: Column | null;
  readonly groups: readonly LatestGroup[];
  /** Rows are kept per partition and merged by the view, since the topic is not partitioned by this key. */
  readonly sharded: boolean;
  /** The column with the uid whose erasure removes the row; null if no erasure does. */
  readonly person: Column | null;
  /** Whether indexes start with the first key column, and have the workspace second. */
  readonly ownerFirst: boolean;
  /** Stored columns computed from others, usable in indexes. Not allowed on a sharded table. */
  readonly generated: readonly ComputedColumn[];
  /** Columns that only the view has, as SQL over the view's own columns. */
  readonly viewColumns: readonly ComputedColumn[];
  /** Secondary indexes: lists of SQL column names or expressions. The engine adds the workspace. */
  readonly indexes: readonly (readonly string[])[];
  /** What the table holds, for people who read the database. */
  readonly comment: string;
  readonly columnComments: ColumnComments;
  /** What the read API shows and can be asked of it; null: it has no list of its own. */
  readonly api: ReadModelApi | null;
  /** Only for inference. */
  readonly __values?: V;
  readonly __row?: R;
  readonly __apiRow?: S;
}

/** A row of a read model's view: times in epoch milliseconds, JSON as its text, null for what no event contributed. */
export type RowOf<T> = T extends ReadModel<unknown, infer R> ? R : never;

/** A row in the API's responses: public names, times as ISO-8601, JSON as received. */
export type ApiRowOf<T> = T extends ReadModel<unknown, unknown, infer S> ? S : never;

/** Columns that no declaration shows by itself. */
const OF_THE_ENGINE: ReadonlySet<ColumnRole['kind']> = new Set(['stamp', 'position']);

type NamesIn<K, C, G, W> = Extract<keyof (K & ColumnsIn<C>) | keyof G | keyof W | 'workspace', string>;

interface ReadModelSpec<K, C, G, W, F, N> {
  readonly key: K;
  readonly columns: C;
  /**
   * The column with the uid of the person that a row belongs to: the row is removed when this uid is erased. It has to
   * be part of the key, so that everything that contributes to a row belongs to the same person. Where a row may concern
   * several persons it is a set of uids, and the key has to distinguish sets. Rows of an experience name the experience,
   * since it is erased by its uid in the same way. null: no erasure removes rows.
   */
  readonly person: Extract<keyof K | keyof C, string> | null;
  readonly sharded?: boolean;
  /**
   * For rows that are only looked up by their owner, never by workspace alone: every index then starts with the owner
   * and has the workspace second. Most rows share a workspace, so an index that started with it would spend a comparison
   * per level that decides nothing.
   */
  readonly ownerFirst?: boolean;
  readonly generated?: G;
  readonly viewColumns?: W;
  readonly indexes?: readonly (readonly string[])[];
  readonly api?: ApiSpec<NoInfer<NamesIn<K, C, G, W>>, F, N>;
}

export type AnyReadModel = ReadModel<unknown>;

/**
 * Declares a read model. Its key always starts with the workspace.
 *
 * @param name table and view name, snake_case, unique among all projections
 * @param comment what the table holds, in one sentence
 * @throws {Error} for a contradictory declaration
 */
export function readModel<
  const K extends Columns,
  const C extends ColumnSpecs,
  const G extends ComputedColumns = Record<never, never>,
  const W extends ComputedColumns = Record<never, never>,
  const F extends NamesIn<K, C, G, W> | Part = never,
  const N extends NamesIn<K, C, G, W> = never,
>(
  name: string,
  comment: string,
  spec: ReadModelSpec<K, C, G, W, F, N>,
): ReadModel<
  Contributed<K, ColumnsIn<C>>,
  ViewRow<K, ColumnsIn<C> & PositionsIn<C> & ComputedIn<G> & ComputedIn<W>>,
  ApiRow<K, ColumnsIn<C> & ComputedIn<G> & ComputedIn<W>, F, N>
> {
  const all: Column[] = [];
  const groups: LatestGroup[] = [];
  const add = (columnName: string, column: AnyColumn, role: ColumnRole): Column => {
    if (all.some((other) => other.name === columnName))
      throw new Error(`read model ${name}: column ${columnName} is declared twice`);
    const added = { ...viewColumn(columnName, column, role.kind === 'key'), role, index: all.length };
    all.push(added);
    return added;
  };

  for (const [column, key] of Object.entries({ workspace, ...spec.key })) add(column, key, { kind: 'key' });
  for (const [column, merged] of Object.entries(spec.columns)) {
    if (merged.merge === 'latest') {
      groups.push(latestGroup(column, merged, groups.length, add));
      continue;
    }
    if (merged.merge === 'position') {
      add(column, merged.column, { kind: 'position' });
      continue;
    }
    if ((merged.merge === 'union') !== (merged.column.type.name === 'set'))
      throw new Error(`read model ${name}: column ${column}: union is for sets, and sets merge by union`);
    add(column, merged.column, { kind: 'single', merge: merged.merge });
  }
  const generated = computedColumns(spec.generated ?? {});
  if (spec.sharded && generated.length > 0)
    throw new Error(
      `read model ${name}: a sharded table is merged by its view and cannot have generated columns`,
    );
  const viewColumns = computedColumns(spec.viewColumns ?? {});

  const keys = all.filter((column) => column.role.kind === 'key');
  const { indexes = [], ownerFirst = false } = spec;
  const inView = [...all.filter(({ role }) => !OF_THE_ENGINE.has(role.kind)), ...generated, ...viewColumns];

  return {
    kind: 'read-model',
    name,
    columns: all,
    empty: all.map(() => null),
    keys,
    singles: all.filter((column) => column.role.kind === 'single'),
    position: all.find((column) => column.role.kind === 'position') ?? null,
    groups,
    sharded: spec.sharded ?? false,
    person: personColumn(name, all, spec.person),
    ownerFirst,
    generated,
    viewColumns,
    indexes,
    comment,
    columnComments: columnComments(`read model ${name}`, [...all, ...generated, ...viewColumns]),
    api: spec.api ? apiOf({ name, keys, columns: inView, indexes, ownerFirst }, spec.api) : null,
  };
}

function latestGroup(
  name: string,
  { columns, order }: LatestSpec<Columns>,
  group: number,
  add: (name: string, column: AnyColumn, role: ColumnRole) => Column,
): LatestGroup {
  const declared = Object.entries(columns).map(([member, column]) =>
    add(member, column, { kind: 'latest', group }),
  );
  const members = declared.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const names = members.map(({ sqlName }) => sqlName).join(', ');
  // Declared in the order in which they decide, so that a change of the order changes the table's fingerprint.
  const addRank = (): Column =>
    add(
      `${name}Rank`,
      integer(`Rank of the event that set ${names}; decides between events with the same time.`),
      { kind: 'stamp', group, part: 'rank' },
    );
  const ahead = order === 'rank first' ? addRank() : null;
  const time = add(`${name}Time`, instant(`Time of the event that set ${names}.`), {
    kind: 'stamp',
    group,
    part: 'time',
  });
  const rank = ahead ?? addRank();
  const event = add(`${name}EventId`, uuid(`Id of the event that set ${names}.`), {
    kind: 'stamp',
    group,
    part: 'event',
  });
  const stamp = ahead ? [rank, time, event] : [time, rank, event];
  return { name, columns: members, order, time, rank, event, stamp };
}

function personColumn(table: string, columns: readonly Column[], name: string | null): Column | null {
  if (name === null) return null;
  const column = columns.find((each) => each.name === name);
  const names = column?.role.kind === 'key' ? column.type.name === 'uuid' : column?.type.name === 'set';
  if (!column || !names)
    throw new Error(
      `read model ${table}: ${name} cannot be the person of a row: it is neither a uuid of the key nor a set`,
    );
  return column;
}

const computedColumns = (columns: ComputedColumns): ComputedColumn[] =>
  Object.entries(columns).map(([name, { column, sql }]) => ({ ...viewColumn(name, column), sql }));

export function columnOf(table: AnyReadModel, name: string): Column {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (!column) throw new Error(`read model ${table.name} has no column ${name}`);
  return column;
}
