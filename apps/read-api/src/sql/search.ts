import { folded } from '@app/projections';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

/** Limits a query to a workspace; null is all of them. */
export function inWorkspace<T extends ObjectLiteral>(
  query: SelectQueryBuilder<T>,
  workspace: string | null,
): SelectQueryBuilder<T> {
  return workspace === null ? query : query.andWhere(`${query.alias}.workspace = :workspace`, { workspace });
}

/**
 * SQL that is true when a text expression holds the parameter (`:q`, `$1`) as a part, whatever the letter case.
 * `strpos` knows no wildcards, so none need escaping; the columns' own collation "C" folds ASCII only.
 */
export function holds(expression: string, parameter: string): string {
  return `strpos(${folded(expression)}, ${folded(`CAST(${parameter} AS text)`)}) > 0`;
}

/**
 * SQL of a text expression in NFC, for text of JSON as it was received: text columns are in NFC already, and so is
 * what is searched for (`IsSearchText`). Most text is in NFC, and to see that costs less than to compose it.
 */
export const composed = (text: string): string =>
  `CASE WHEN (${text}) IS NFC NORMALIZED THEN ${text} ELSE normalize(${text}, NFC) END`;
