/** SQL of a text expression in the one form of all its letter cases. Immutable, so that an index may hold it. */
export const folded = (text: string): string => `casefold((${text}) COLLATE "pg_unicode_fast")`;

/** The start of the folded text, for an index: long text is never indexed whole. */
export const foldedStart = (text: string): string => `left(${folded(text)}, 200)`;
