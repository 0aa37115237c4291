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

/**
 * SQL that is true when a text in a JSON expression holds the parameter as a part: look into every text in it, at any
 * depth, and at no member's name. In JSON without a backslash every text is written as it is, so that most values are
 * ruled out at a glance.
 */
export const jsonHolds = (json: string, parameter: string): string => `(
  (strpos(CAST(${json} AS text), chr(92)) > 0 OR ${holds(composed(`CAST(${json} AS text)`), parameter)})
  AND EXISTS (
    WITH RECURSIVE node(item) AS (
      SELECT ${json}
      UNION ALL
      SELECT child.item FROM node CROSS JOIN LATERAL (
        SELECT value FROM json_each(CASE WHEN json_typeof(node.item) = 'object' THEN node.item END)
        UNION ALL
        SELECT value FROM json_array_elements(CASE WHEN json_typeof(node.item) = 'array' THEN node.item END)
      ) AS child(item)
    )
    SELECT FROM node WHERE json_typeof(item) = 'string' AND ${holds(composed("item #>> '{}'"), parameter)}))`;
