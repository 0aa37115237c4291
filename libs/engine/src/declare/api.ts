import type { ViewColumn } from './columns';
import type { Part } from './row-types';

/**
 * The API of a read model, as plain data. Its list, and its single read where it has one, are derived from it: paths,
 * filters with their validation, pages, exports, schemas and documentation.
 *
 * @typeParam C names of the columns
 */
export interface ApiSpec<C extends string = string, F = unknown, N = unknown> {
  /** The path of the list, such as `jimers`. */
  readonly path: string;
  /** The name of one item, such as `jimer`. */
  readonly item: string;
  /** What the list holds, in a few words. */
  readonly list: string;
  /** What the single read gives; absent: there is none. It looks up by the one key column besides the workspace. */
  readonly get?: string;
  /** The columns that responses show, in this order; absent: the key, the workspace and all others as declared. */
  readonly fields?: readonly F[];
  /** Columns that must have a value for a row to be shown. */
  readonly needs?: readonly N[];
  /** The columns of an index that orders the list newest first; absent: it is ordered by workspace and key. */
  readonly newestFirst?: readonly C[];
  /** By parameter name. Every list has `workspace`, `limit` and `cursor` as well. */
  readonly filters?: Readonly<Record<string, FilterSpec<C>>>;
}

interface FilterOptions {
  /** The most characters of a text; 200 by default. */
  readonly longest?: number;
  /** All values that are accepted; by default those that the column lists. */
  readonly oneOf?: readonly string[];
}

/**
 * What makes a comparison cheap: an index that starts with the column, or with the given expression over it. If there is
 * none, `scans` says why that does no harm.
 */
type Cost = { readonly index?: string } | { readonly scans: string };

export type Comparison = 'equals' | 'equals any of' | 'equals in any case' | 'has a value';

/** The condition of a filter. `contains` and `has an element` are evaluated for every row in the list's order. */
type Condition<C> =
  | { readonly kind: Comparison; readonly column: C; readonly cost: Cost }
  /** An element of the column's JSON list is the text, or an object with the text in one of the members. */
  | { readonly kind: 'has an element'; readonly column: C; readonly members: readonly string[] }
  /** The column contains the text, in any letter case; a JSON column does if any text in it does. */
  | { readonly kind: 'contains'; readonly columns: readonly C[] };

interface FilterSpec<C> {
  readonly comment: string;
  readonly condition: Condition<C>;
  readonly options: FilterOptions;
}

const compared =
  (kind: Comparison) =>
  <const C extends string>(
    column: C,
    comment: string,
    options: FilterOptions & Cost = {},
  ): FilterSpec<C> => ({ comment, condition: { kind, column, cost: options }, options });

export const equals = compared('equals');
export const equalsAnyOf = compared('equals any of');
/** Compares without regard to letter case. */
export const equalsInAnyCase = compared('equals in any case');
/** `true`: the column has a value; `false`: it has none. */
export const hasValue = compared('has a value');

export const hasElement = <const C extends string>(
  column: C,
  comment: string,
  { members = [], ...options }: FilterOptions & { readonly members?: readonly string[] } = {},
): FilterSpec<C> => ({ comment, condition: { kind: 'has an element', column, members }, options });

export const contains = <const C extends string>(
  columns: readonly C[],
  comment: string,
  options: FilterOptions = {},
): FilterSpec<C> => ({ comment, condition: { kind: 'contains', columns }, options });

/**
 * Columns that a response shows as one object; null if none of them has a value.
 *
 * @param schema name of its schema; parts of the same form share one
 * @param columns by their name in the object
 */
export const part = <const N extends string, const M extends Readonly<Record<string, string>>>(
  name: N,
  comment: string,
  schema: string,
  columns: M,
): Part<N, M> => ({ part: name, comment, schema, columns });

export interface ApiPart {
  readonly part: string;
  readonly comment: string;
  readonly schema: string;
  readonly columns: readonly (readonly [name: string, column: ViewColumn])[];
}

export interface ApiFilter {
  readonly name: string;
  readonly comment: string;
  readonly options: FilterOptions;
  readonly condition:
    | {
        readonly kind: Comparison;
        readonly column: ViewColumn;
        /** The expression that the index begins with; null where rows are scanned. */
        readonly index: string | null;
      }
    | { readonly kind: 'has an element'; readonly column: ViewColumn; readonly members: readonly string[] }
    | { readonly kind: 'contains'; readonly columns: readonly ViewColumn[] };
}

export interface ApiOrder {
  /** Unique over all workspaces. */
  readonly columns: readonly ViewColumn[];
  /** How many leading columns an index of each workspace has in this order; 0 for the key's order, over all workspaces. */
  readonly indexed: number;
}

/** `ApiSpec` with its columns. */
export interface ReadModelApi {
  readonly path: string;
  readonly item: string;
  readonly list: string;
  readonly get: string | null;
  /** Without the workspace. */
  readonly key: readonly ViewColumn[];
  readonly fields: readonly (ViewColumn | ApiPart)[];
  readonly needs: readonly ViewColumn[];
  readonly order: ApiOrder;
  readonly filters: readonly ApiFilter[];
}

interface ApiTable {
  readonly name: string;
  /** The workspace first. */
  readonly keys: readonly ViewColumn[];
  /** All columns of the view. */
  readonly columns: readonly ViewColumn[];
  readonly indexes: readonly (readonly string[])[];
  readonly ownerFirst: boolean;
}

/** @throws {Error} for a column that does not exist, and for an order or a comparison without an index */
export function apiOf(table: ApiTable, spec: ApiSpec): ReadModelApi {
  const [workspace, ...key] = table.keys;
  const wrong = (what: string): Error => new Error(`read model ${table.name}: ${what}`);
  const column = (name: unknown): ViewColumn => {
    const found = table.columns.find((each) => each.name === name);
    if (!found) throw wrong(`there is no column ${String(name)}`);
    return found;
  };
  const firsts = [key[0]!.sqlName, ...table.indexes.map(([first]) => first)];

  const order = (): ApiOrder => {
    const by = (spec.newestFirst ?? []).map(column);
    if (by.length === 0) {
      if (table.ownerFirst) throw wrong('no index has its rows in the order of workspace and key');
      return { columns: table.keys, indexed: 0 };
    }
    if (!table.indexes.some((index) => by.every(({ sqlName }, i) => index[i] === sqlName)))
      throw wrong(`no index begins with ${by.map(({ sqlName }) => sqlName).join(', ')}`);
    const rest = key.filter((each) => !by.includes(each));
    return { columns: [...by, workspace!, ...rest], indexed: by.length };
  };
  const condition = (name: string, asked: Condition<string>): ApiFilter['condition'] => {
    if (asked.kind === 'contains') return { kind: asked.kind, columns: asked.columns.map(column) };
    if (asked.kind === 'has an element') return { ...asked, column: column(asked.column) };
    const compared = column(asked.column);
    if ('scans' in asked.cost) return { kind: asked.kind, column: compared, index: null };
    const { index = compared.sqlName } = asked.cost;
    if (!firsts.includes(index)) throw wrong(`filter ${name}: no index begins with ${index}`);
    return { kind: asked.kind, column: compared, index };
  };

  if (spec.get !== undefined && key.length !== 1)
    throw wrong('a single read needs a key of one column beside the workspace');
  const all = [...key, workspace!, ...table.columns.filter((each) => !table.keys.includes(each))];
  return {
    path: spec.path,
    item: spec.item,
    list: spec.list,
    get: spec.get ?? null,
    key,
    fields: spec.fields?.map((field) => partOf(field, column) ?? column(field)) ?? all,
    needs: (spec.needs ?? []).map(column),
    order: order(),
    filters: Object.entries(spec.filters ?? {}).map(([name, filter]) => ({
      name,
      comment: filter.comment,
      options: filter.options,
      condition: condition(name, filter.condition),
    })),
  };
}

function partOf(field: unknown, column: (name: string) => ViewColumn): ApiPart | null {
  if (typeof field === 'string') return null;
  const { columns, ...named } = field as Part;
  return {
    ...named,
    columns: Object.entries(columns).map(([name, of]) => [name, column(of)] as const),
  };
}
