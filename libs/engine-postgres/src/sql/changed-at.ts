import { CHANGED_AT } from '@app/engine/adapters';
import { identifier, literal } from './identifiers';

/**
 * The column of every table that says when a row was last written. The engine adds it; declarations, verification and
 * digests do not include it. It holds the time at which the transaction began, so a later commit may have an earlier time.
 */
const COLUMN = identifier(CHANGED_AT);

export const CHANGED_AT_COLUMN = `${COLUMN} timestamptz NOT NULL DEFAULT now()`;

/** For the SET clause of a statement that changes a row. */
export const TOUCH_CHANGED_AT = `${COLUMN} = now()`;

/** The same where the statement may also write a row without changing it. @param target alias of the table */
export const touchChangedAtIf = (changes: string, target: string): string =>
  `${COLUMN} = CASE WHEN ${changes} THEN now() ELSE ${target}.${COLUMN} END`;

/**
 * The column as a view shows it. No row is shown as older than the moment at which its generation became active, since
 * the generation before it may have had other rows.
 *
 * @param value SQL of the column in the generation's table
 */
export function shownChangedAt(schema: string, value = COLUMN): string {
  const since = `SELECT g.activated_at FROM engine.generation AS g WHERE g.schema_name = ${literal(schema)}`;
  return `GREATEST(${value}, (${since})) AS ${COLUMN}`;
}

export const NEWEST_CHANGED_AT = `max(${COLUMN})`;
