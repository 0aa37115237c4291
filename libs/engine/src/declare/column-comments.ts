/** The sentences about the columns of a view, for people who read the database, by SQL name. */
export type ColumnComments = Readonly<Record<string, string>>;

/** A column that the engine adds to every view. No declaration may use its name. */
export const CHANGED_AT = 'changed_at';

const CHANGED_AT_COMMENT =
  'When the row was last written; after a rebuild, not before the moment from which its result serves.';

interface Commented {
  readonly sqlName: string;
  readonly comment: string;
}

/** @throws {Error} when a column has no sentence, or the name of the engine's column */
export function columnComments(table: string, columns: readonly Commented[]): ColumnComments {
  for (const { sqlName, comment } of columns) {
    if (sqlName === CHANGED_AT)
      throw new Error(`${table}: the column ${CHANGED_AT} is the engine's own: choose another name`);
    if (comment === '') throw new Error(`${table}: the column ${sqlName} has no sentence`);
  }
  const comments = columns.map(({ sqlName, comment }) => [sqlName, comment]);
  return Object.fromEntries([...comments, [CHANGED_AT, CHANGED_AT_COMMENT]]) as ColumnComments;
}
