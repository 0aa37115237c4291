/** From here on characters may change when a text is composed. */
const MAY_COMPOSE = /[^\u0000-\u02ff]/;

/**
 * The text in Unicode's form NFC: canonically equal texts, such as an é of one character and an e with an accent
 * after it, which one keyboard writes and another, become the same.
 */
export function canonicalText(text: string): string {
  return MAY_COMPOSE.test(text) ? text.normalize('NFC') : text;
}

/**
 * SQL of a text expression in the one form of all its letter cases. Immutable, so that an index may hold it. Index
 * declarations and the queries that the indexes serve must use the same expression: that is why SQL is declared here.
 */
export const folded = (text: string): string => `casefold((${text}) COLLATE "pg_unicode_fast")`;

/** SQL of the start of the folded text, for an index: long text is never indexed whole. */
export const foldedStart = (text: string): string => `left(${folded(text)}, 200)`;
