import type { Column, LatestGroup } from './read-model';

/** What the columns of a view hold, for people who read the database, by SQL name. */
export type ColumnComments = Readonly<Record<string, string>>;

/** The column of every view that is the engine's own: no declaration may use the name. */
export const CHANGED_AT = 'changed_at';

const CHANGED_AT_COMMENT =
  'When the row was last written; after a rebuild, not before the moment from which its result serves.';

export const WORKSPACE_COMMENT = 'The workspace; part of every key.';

/**
 * What a declaration tells of its columns, and of those that it does not name itself: the workspace, and the
 * stamps of each group that changes together.
 *
 * @param told by the columns' names in TypeScript
 * @throws {Error} when it tells of a column that there is not, or has one that is the engine's
 */
export function columnComments(
  table: string,
  told: Readonly<Record<string, string>>,
  columns: readonly Pick<Column, 'name' | 'sqlName'>[],
  groups: readonly LatestGroup[] = [],
): ColumnComments {
  const comments: Record<string, string> = {
    workspace: WORKSPACE_COMMENT,
    [CHANGED_AT]: CHANGED_AT_COMMENT,
  };
  if (columns.some(({ sqlName }) => sqlName === CHANGED_AT))
    throw new Error(`${table}: the column ${CHANGED_AT} is the engine's own: choose another name`);
  for (const group of groups) {
    const members = group.columns.map(({ sqlName }) => sqlName).join(', ');
    comments[group.time.sqlName] = `Time of the event that said ${members}.`;
    comments[group.rank.sqlName] =
      `Decides on ${members} between events of the same time: the greater one stands.`;
    comments[group.event.sqlName] = `Id of the event that said ${members}.`;
  }
  const names = new Map(columns.map(({ name, sqlName }) => [name, sqlName]));
  for (const [name, comment] of Object.entries(told)) {
    const sqlName = names.get(name);
    if (sqlName === undefined) throw new Error(`${table} has a comment on ${name}, which is no column of it`);
    comments[sqlName] = comment;
  }
  return comments;
}
