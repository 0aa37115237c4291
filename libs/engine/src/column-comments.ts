import type { Column, LatestGroup } from './read-model';

/** What the columns of a view hold, for people who read the database, by SQL name. */
export type ColumnComments = Readonly<Record<string, string>>;

export const WORKSPACE_COMMENT = 'The workspace; part of every key.';

/**
 * What a declaration tells of its columns, and of those that it does not name itself: the workspace, and the
 * stamps of each group that changes together.
 *
 * @param told by the columns' names in TypeScript
 * @throws {Error} when it tells of a column that there is not
 */
export function columnComments(
  table: string,
  told: Readonly<Record<string, string>>,
  columns: readonly Pick<Column, 'name' | 'sqlName'>[],
  groups: readonly LatestGroup[] = [],
): ColumnComments {
  const comments: Record<string, string> = { workspace: WORKSPACE_COMMENT };
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
