import { DEFAULT_LIMIT } from '../parameters/page';

/** The values of a statement's parameters, as its text is put together. */
export class Parameters {
  readonly values: unknown[] = [];

  /** Gives the parameter's place: `$1`, `$2`, … */
  add(value: unknown): string {
    return `$${this.values.push(value)}`;
  }

  /** The condition that limits a table to a workspace, if to any. */
  inWorkspace(alias: string, workspace: string | null): string[] {
    return workspace === null ? [] : [`${alias}.workspace = ${this.add(workspace)}`];
  }
}

export const whereAll = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;

/**
 * One row more than a page has. Of an unknown limit Postgres expects a tenth of the table, and so plans anew for
 * every page: the usual limit stands in the text.
 *
 * @param ties with those that are equal to the last in the query's order, however many there are
 */
export function limitTo(limit: number, parameters: Parameters, ties?: 'with ties'): string {
  const rows = limit === DEFAULT_LIMIT ? limit + 1 : parameters.add(limit + 1);
  return ties ? `FETCH FIRST (${rows}) ROWS WITH TIES` : `LIMIT ${rows}`;
}

/** The workspaces of a view, as a table expression: one look into its key for each, however many rows they have. */
export function workspacesIn(view: string): string {
  return `(
    WITH RECURSIVE step(workspace) AS (
      SELECT min(v.workspace) FROM ${view} AS v
      UNION ALL
      SELECT (SELECT min(v.workspace) FROM ${view} AS v WHERE v.workspace > step.workspace)
        FROM step WHERE step.workspace IS NOT NULL
    )
    SELECT workspace FROM step WHERE workspace IS NOT NULL)`;
}

/**
 * The rows of a query as one value of another, so that one statement answers from several tables: JSON, with times
 * as `isoTimeInJson` takes them. Stored JSON has to be selected as text, or `rowsIn` would parse it, too.
 */
export const gathered = (query: string): string => `(SELECT json_agg(part) FROM (${query}) AS part)`;

export function rowsIn<R>(json: string | null): R[] {
  return json === null ? [] : (JSON.parse(json) as R[]);
}

/** Where the workspace and the jimer's uid of the outer query stand, for the parts that it gathers. */
export interface JimerPlace {
  readonly workspace: string;
  readonly jimerUid: string;
}
