import { columnComments, type ColumnComments } from './column-comments';
import type { ColumnType, Row, Stored } from './column-types';
import { snakeCase, workspace, type Described } from './columns';
import { columnOf, type AnyReadModel, type Column, type ReadModel } from './read-model';

/**
 * What a counted row is grouped by: a column, the UTC day of an instant column, or each text of a JSON column that holds
 * a list of texts, so that the row counts once in the group of each.
 */
export interface GroupBy {
  readonly kind: 'column' | 'utc-day' | 'each';
  readonly column: string;
}

/**
 * Which rows count: those whose column holds one of the values, or those whose column is greater than or equal to
 * another column of the same type. A row with a null in either column does not count.
 */
export type Where =
  | { readonly column: string; readonly oneOf: readonly string[] }
  | { readonly column: string; readonly atLeast: string };

/** A condition with the columns that it names. */
export type Condition =
  | { readonly kind: 'one-of'; readonly column: Column; readonly values: readonly string[] }
  | { readonly kind: 'at-least'; readonly column: Column; readonly other: Column };

/** A count over the rows of a read model. A row whose group has a null is not counted. */
interface CountSpec {
  readonly comment: string;
  readonly over: AnyReadModel;
  readonly by: Readonly<Record<string, GroupBy>>;
  readonly where: Where | null;
}

export interface Measure {
  readonly name: string;
  readonly sqlName: string;
  readonly comment: string;
  readonly over: AnyReadModel;
  /** One grouping expression per key column of the tally after the workspace, in its order. */
  readonly by: readonly { readonly kind: GroupBy['kind']; readonly column: Column }[];
  readonly where: Condition | null;
}

/**
 * A table of counts over other tables of the same projection, maintained from the before and after images of the rows
 * that a merge changed. It has one shard per partition, and only the sum over the shards has a meaning.
 */
export interface Tally<M extends string = string> {
  readonly kind: 'tally';
  readonly name: string;
  readonly keys: readonly {
    readonly name: string;
    readonly sqlName: string;
    readonly type: ColumnType<unknown>;
    readonly comment: string;
  }[];
  readonly measures: readonly Measure[];
  readonly comment: string;
  readonly columnComments: ColumnComments;
  /** Only for inference. */
  readonly __measures?: M;
}

/** The counts of a tally's row, by name. */
export type CountsOf<T> = T extends Tally<infer M> ? { readonly [N in M]: number } : never;

export const by = (column: string): GroupBy => ({ kind: 'column', column });
export const utcDay = (column: string): GroupBy => ({ kind: 'utc-day', column });
export const each = (column: string): GroupBy => ({ kind: 'each', column });

/** @param comment what the measure counts, in one sentence */
export function count<V>(
  comment: string,
  over: ReadModel<V>,
  groups: Readonly<Record<string, GroupBy>>,
  where: Where | null = null,
): CountSpec {
  return { comment, over, by: groups, where };
}

/**
 * Declares a tally. Its key always starts with the workspace.
 *
 * @throws {Error} for a contradictory declaration: a count over a sharded table, a missing group, or a comparison of
 * columns of different types
 */
export function tally<const M extends string>(
  name: string,
  comment: string,
  spec: {
    readonly key: Readonly<Record<string, Described<unknown>>>;
    readonly counts: Readonly<Record<M, CountSpec>>;
  },
): Tally<M> {
  const keys = Object.entries({ workspace, ...spec.key }).map(([column, described]) => ({
    name: column,
    sqlName: snakeCase(column),
    type: described.type,
    comment: described.comment,
  }));
  const measures = Object.entries<CountSpec>(spec.counts).map(([measure, counted]) => {
    if (counted.over.sharded)
      throw new Error(`tally ${name}: ${counted.over.name} is sharded and cannot be counted`);
    return {
      name: measure,
      sqlName: snakeCase(measure),
      comment: counted.comment,
      over: counted.over,
      by: Object.keys(spec.key).map((column) => {
        const group = counted.by[column];
        if (!group) throw new Error(`tally ${name}: measure ${measure} has no group for ${column}`);
        return { kind: group.kind, column: groupedColumn(name, counted, group) };
      }),
      where: counted.where && conditionOf(name, counted.over, counted.where),
    };
  });
  return {
    kind: 'tally',
    name,
    keys,
    measures,
    comment,
    columnComments: columnComments(`tally ${name}`, [...keys, ...measures]),
  };
}

function groupedColumn(
  tallyName: string,
  { over, by: groups }: CountSpec,
  { kind, column }: GroupBy,
): Column {
  const found = columnOf(over, column);
  if (kind !== 'each') return found;
  if (found.type.name !== 'json')
    throw new Error(`tally ${tallyName}: ${column} is not JSON, so it has no elements`);
  if (Object.values(groups).filter((group) => group.kind === 'each').length > 1)
    throw new Error(`tally ${tallyName}: a row counts for the elements of one list at most`);
  return found;
}

function conditionOf(tallyName: string, over: AnyReadModel, where: Where): Condition {
  const column = columnOf(over, where.column);
  if ('oneOf' in where) return { kind: 'one-of', column, values: where.oneOf };
  const other = columnOf(over, where.atLeast);
  if (column.type.name !== other.type.name || column.type.name === 'set')
    throw new Error(`tally ${tallyName}: ${column.name} and ${other.name} cannot be compared`);
  return { kind: 'at-least', column, other };
}

/** Every column whose value decides whether a row counts. */
export function columnsIn(condition: Condition): readonly Column[] {
  return condition.kind === 'one-of' ? [condition.column] : [condition.column, condition.other];
}

function holds(condition: Condition, row: Row): boolean {
  const value = row[condition.column.index]!;
  if (condition.kind === 'one-of') return typeof value === 'string' && condition.values.includes(value);
  const other = row[condition.other.index]!;
  return value !== null && other !== null && condition.column.type.compare(value, other) >= 0;
}

const DAY = 86_400_000;

/** The groups that a row counts in, without their workspace; none when it does not count. */
export function groupsOf(measure: Measure, row: Row): readonly Stored[][] {
  if (measure.where && !holds(measure.where, row)) return [];
  const group: Stored[] = [];
  let list: { readonly at: number; readonly elements: ReadonlySet<string> } | null = null;
  for (const { kind, column } of measure.by) {
    const value = row[column.index]!;
    if (value === null) return [];
    if (kind === 'each')
      list = { at: group.length, elements: new Set(JSON.parse(value as string) as readonly string[]) };
    group.push(kind === 'utc-day' ? utcDayOf(value as number) : value);
  }
  if (list === null) return [group];
  const { at, elements } = list;
  return [...elements].map((element) => group.with(at, element));
}

/** The last day, kept because formatting one costs more than the rest of grouping a row. */
let lastDay = { day: Number.NaN, text: '' };

/** The UTC day of a time in epoch milliseconds, as YYYY-MM-DD. */
function utcDayOf(time: number): string {
  const day = Math.floor(time / DAY);
  if (day !== lastDay.day) lastDay = { day, text: new Date(day * DAY).toISOString().slice(0, -14) };
  return lastDay.text;
}
