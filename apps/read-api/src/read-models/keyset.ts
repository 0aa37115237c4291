import type { ApiOrder, ViewColumn } from '@app/engine';
import { limitTo, whereAll, workspacesIn, type Parameters } from '../common/database/statement';
import {
  cursorInstant,
  cursorInteger,
  cursorKind,
  cursorText,
  cursorUuid,
  type CursorKind,
  type CursorPart,
} from '../common/parameters/cursor';

type Members = Readonly<Record<string, unknown>>;

/** The order of a list, and its cursor: the place after the last row of a page. */
export interface Keyset {
  readonly cursor: CursorKind<readonly unknown[]>;
  /** The place of a row. */
  keyOf(row: Members): readonly unknown[];
}

const PARTS: Readonly<Partial<Record<ViewColumn['type']['name'], CursorPart<unknown>>>> = {
  uuid: cursorUuid,
  instant: cursorInstant,
  integer: cursorInteger,
};

export function keysetOf(list: string, { columns }: ApiOrder): Keyset {
  const parts = columns.map(({ type }) => PARTS[type.name] ?? cursorText);
  return {
    cursor: cursorKind<readonly unknown[]>(list, ...parts),
    keyOf: (row) => columns.map(({ name }) => row[name]),
  };
}

interface PageStatement {
  readonly view: string;
  readonly alias: string;
  readonly select: string;
  readonly conditions: readonly string[];
  readonly workspace: string | null;
  readonly limit: number;
  /** The place after which the page begins; null for the first. */
  readonly after: readonly unknown[] | null;
}

/** The statement of one page: a row more than it has, so that it is known whether there is another. */
export function pageStatement(order: ApiOrder, page: PageStatement, parameters: Parameters): string {
  return order.indexed === 0 ? inKeyOrder(order, page, parameters) : newestFirst(order, page, parameters);
}

function inKeyOrder(
  { columns }: ApiOrder,
  { view, alias, select, conditions, workspace, limit, after }: PageStatement,
  parameters: Parameters,
): string {
  const key = tuple(columns, alias);
  const all = [
    ...parameters.inWorkspace(alias, workspace),
    ...(after ? [`(${key}) > (${places(columns, after, parameters).join(', ')})`] : []),
    ...conditions,
  ];
  return `SELECT ${select} FROM ${view} AS ${alias} ${whereAll(all)} ORDER BY ${key} ${limitTo(limit, parameters)}`;
}

function newestFirst(
  { columns, indexed }: ApiOrder,
  { view, alias, select, conditions, workspace, limit, after }: PageStatement,
  parameters: Parameters,
): string {
  const inIndex = columns.slice(0, indexed);
  const withinWorkspace = columns.filter(({ name }) => name !== 'workspace');
  const all = [...conditions];
  if (after) {
    const at = places(columns, after, parameters);
    // The first finds the place in each workspace's index.
    all.push(
      `(${tuple(inIndex, alias)}) <= (${at.slice(0, indexed).join(', ')})`,
      `(${tuple(columns, alias)}) < (${at.join(', ')})`,
    );
  }
  const most = limitTo(limit, parameters);
  const pageOfOne = (home: string): string =>
    `SELECT ${select} FROM ${view} AS ${alias} ${whereAll([`${alias}.workspace = ${home}`, ...all])}
      ORDER BY ${descending(withinWorkspace.map(({ sqlName }) => `${alias}.${sqlName}`))} ${most}`;
  if (workspace !== null) return pageOfOne(parameters.add(workspace));
  // The pages of all workspaces are merged, so that no workspace is sorted as a whole.
  return `SELECT page.* FROM ${workspacesIn(view)} AS home(workspace)
    CROSS JOIN LATERAL (${pageOfOne('home.workspace')}) AS page
    ORDER BY ${descending(columns.map(({ name }) => `"${name}"`))} ${most}`;
}

const tuple = (columns: readonly ViewColumn[], alias: string): string =>
  columns.map(({ sqlName }) => `${alias}.${sqlName}`).join(', ');

const descending = (expressions: readonly string[]): string =>
  expressions.map((expression) => `${expression} DESC`).join(', ');

const places = (columns: readonly ViewColumn[], key: readonly unknown[], parameters: Parameters): string[] =>
  columns.map(({ type }, i) => parameters.add(type.name === 'instant' ? new Date(key[i] as number) : key[i]));
