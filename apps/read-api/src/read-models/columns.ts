import type { ReadModel, ViewColumn } from '@app/engine';
import type { Type } from '@nestjs/common';
import { isoTimeInJson } from '../common/database/times';
import { CONVERTED, showingColumn, valueOf, type Members } from './answer';
import { columnSchema } from './schemas';

/**
 * Some columns of a read model, for answers that are composed by hand: their part of a statement, their values as the
 * API shows them, their schema and their names in CSV.
 *
 * @typeParam S the columns as they are answered
 */
export class Columns<S extends object> {
  readonly names: readonly (keyof S & string)[];
  /** To be extended by the schema of an answer. */
  readonly Dto: Type<S>;
  /** For what no row is known of: each column is null. */
  readonly none: { readonly [N in keyof S]: null };

  constructor(private readonly columns: readonly ViewColumn[]) {
    this.names = columns.map(({ publicName }) => publicName as keyof S & string);
    this.Dto = columnSchema<S>(columns);
    this.none = Object.fromEntries(this.names.map((name) => [name, null])) as { [N in keyof S]: null };
  }

  /** The select list, under the public names. */
  select(alias: string): string {
    return this.columns.map(({ sqlName, publicName }) => `${alias}.${sqlName} AS "${publicName}"`).join(', ');
  }

  /** The same for `gathered`, which would write JSON columns as part of its own JSON: they come as text. */
  selectGathered(alias: string): string {
    return this.columns
      .map(
        ({ sqlName, publicName, type }) =>
          `${alias}.${sqlName}${type.name === 'json' ? '::text' : ''} AS "${publicName}"`,
      )
      .join(', ');
  }

  /** From a row that has what `select` names to the columns as they are answered. */
  show(row: object): S {
    return this.shown(row, CONVERTED);
  }

  /** From a row with the columns under their names in TypeScript. */
  showRow(row: object): S {
    const answer: Record<string, unknown> = {};
    for (const column of this.columns) answer[column.publicName] = showingColumn(column)(row as Members);
    return answer as S;
  }

  /** From a row that has what `selectGathered` names. */
  showGathered(row: object): S {
    return this.shown(row, CONVERTED_GATHERED);
  }

  private shown(row: object, converted: typeof CONVERTED): S {
    const answer: Record<string, unknown> = {};
    for (const column of this.columns)
      answer[column.publicName] = valueOf(column, (row as Members)[column.publicName], converted);
    return answer as S;
  }
}

const CONVERTED_GATHERED = { ...CONVERTED, instant: isoTimeInJson };

/** @throws {Error} for a column that the read model does not have */
export function pick<S extends object, const N extends keyof S & string>(
  model: ReadModel<unknown, unknown, S>,
  ...names: readonly N[]
): Columns<Pick<S, N>> {
  const { columns, generated, viewColumns } = model;
  const all: readonly ViewColumn[] = [...columns, ...generated, ...viewColumns];
  return new Columns(
    names.map((name) => {
      const found = all.find(({ publicName }) => publicName === name);
      if (!found) throw new Error(`read model ${model.name} has no column ${name}`);
      return found;
    }),
  );
}
