import type { AnyReadModel, Row } from '@app/engine';
import { plainSqlType } from '@app/engine/adapters';
import { identifier } from './identifiers';

/**
 * A query like that of a read model's view, over rows that a statement is given. `changed_at` is no part of it: these
 * rows were never written.
 *
 * @param rows SQL of the rows as `givenRows` writes them
 */
export function viewOfGivenRows({ columns, generated, viewColumns }: AnyReadModel, rows: string): string {
  const types = columns.map(({ sqlName, type }) => `${identifier(sqlName)} ${plainSqlType(type)}`);
  const stored = [
    ...columns.map(({ sqlName, type }) => `r.${identifier(sqlName)}${type.name === 'json' ? '::json' : ''}`),
    ...generated.map(({ sql, sqlName }) => `${sql} AS ${identifier(sqlName)}`),
  ];
  const derived = viewColumns.map(({ sql, sqlName }) => `, ${sql} AS ${identifier(sqlName)}`).join('');
  return `SELECT v.*${derived} FROM (
SELECT ${stored.join(', ')} FROM json_to_recordset(${rows}::json) AS r (${types.join(', ')})) AS v`;
}

/** Rows as JSON text. */
export function givenRows({ columns }: AnyReadModel, rows: readonly Row[]): string {
  return JSON.stringify(
    rows.map((row) =>
      Object.fromEntries(
        columns.map(({ sqlName, type, index }) => {
          const value = row[index]!;
          return [sqlName, type.name === 'instant' && value !== null ? new Date(value as number) : value];
        }),
      ),
    ),
  );
}
