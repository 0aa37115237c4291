import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';

/** Limits a query to a workspace; null is all of them. */
export function inWorkspace<T extends ObjectLiteral>(
  query: SelectQueryBuilder<T>,
  workspace: string | null,
): SelectQueryBuilder<T> {
  return workspace === null ? query : query.andWhere(`${query.alias}.workspace = :workspace`, { workspace });
}

/**
 * SQL that is true when a text expression holds the parameter as a part, whatever the letter case.
 * `strpos` knows no wildcards, so none need escaping; the columns' own collation "C" folds ASCII only.
 */
export function holds(expression: string, parameter: string): string {
  return `strpos(${folded(expression)}, ${folded(`CAST(:${parameter} AS text)`)}) > 0`;
}

const folded = (text: string): string => `casefold((${text}) COLLATE "pg_unicode_fast")`;
