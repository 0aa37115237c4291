import { CHANGED_AT } from '@app/engine/adapters';
import { identifier, literal } from './identifiers';

/**
 * When a row was last written, in every table of a generation. It is the engine's own: nothing that is declared,
 * verified or digested knows of it. It is the time of the transaction, which other transactions may outlive.
 */
const COLUMN = identifier(CHANGED_AT);

export const CHANGED_AT_COLUMN = `${COLUMN} timestamptz NOT NULL DEFAULT now()`;

/** For the SET of a statement that changes a row. */
export const TOUCH_CHANGED_AT = `${COLUMN} = now()`;

/** The same where the statement may also write a row without changing it. @param target alias of the table */
export const touchChangedAtIf = (changes: string, target: string): string =>
  `${COLUMN} = CASE WHEN ${changes} THEN now() ELSE ${target}.${COLUMN} END`;

/**
 * The column as a view shows it. A generation that serves from some moment on shows no row as older than that: what
 * served before may have said otherwise about any of them.
 *
 * @param value SQL of what the rows of the generation's table say
 */
export function shownChangedAt(schema: string, value = COLUMN): string {
  const since = `SELECT g.activated_at FROM engine.generation AS g WHERE g.schema_name = ${literal(schema)}`;
  return `GREATEST(${value}, (${since})) AS ${COLUMN}`;
}

export const NEWEST_CHANGED_AT = `max(${COLUMN})`;
