/** What the columns of a view hold, for people who read the database, by SQL name. */
export type ColumnComments = Readonly<Record<string, string>>;

/** The column of every view that is the engine's own: no declaration may use the name. */
export const CHANGED_AT = 'changed_at';

const CHANGED_AT_COMMENT =
  'When the row was last written; after a rebuild, not before the moment from which its result serves.';

interface Commented {
  readonly sqlName: string;
  readonly comment: string;
}

/** @throws {Error} when a column has no sentence, or has the name that is the engine's */
export function columnComments(table: string, columns: readonly Commented[]): ColumnComments {
  for (const { sqlName, comment } of columns) {
    if (sqlName === CHANGED_AT)
      throw new Error(`${table}: the column ${CHANGED_AT} is the engine's own: choose another name`);
    if (comment === '') throw new Error(`${table}: the column ${sqlName} has no sentence`);
  }
  const comments = columns.map(({ sqlName, comment }) => [sqlName, comment]);
  return Object.fromEntries([...comments, [CHANGED_AT, CHANGED_AT_COMMENT]]) as ColumnComments;
}
