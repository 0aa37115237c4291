import type { AnyReadModel, ReadModel, ViewColumn } from '@app/engine';

/** A select list: rows with the columns under their names in TypeScript. */
export const selectList = (columns: readonly ViewColumn[], alias: string): string =>
  columns.map(({ name, sqlName }) => `${alias}.${sqlName} AS "${name}"`).join(', ');

/** The select list of some columns of a read model's view, for statements that are written by hand. */
export function select<R, const N extends keyof R & string>(
  model: ReadModel<unknown, R>,
  names: readonly N[],
  alias: string,
): string {
  return selectList(columnsOf(model, names), alias);
}

/** The select list of all columns but stamps and positions. */
export const selectAll = ({ columns, generated, viewColumns }: AnyReadModel, alias: string): string =>
  selectList(
    [
      ...columns.filter(({ role }) => role.kind !== 'stamp' && role.kind !== 'position'),
      ...generated,
      ...viewColumns,
    ],
    alias,
  );

/** The same for `gathered`, which would write JSON columns as part of its own JSON: they come as text. */
export function selectGathered<R, const N extends keyof R & string>(
  model: ReadModel<unknown, R>,
  names: readonly N[],
  alias: string,
): string {
  return columnsOf(model, names)
    .map(({ name, sqlName, type }) => {
      const value = `${alias}.${sqlName}`;
      return `${type.name === 'json' ? `${value}::text` : value} AS "${name}"`;
    })
    .join(', ');
}

/** @throws {Error} for a column that the read model does not have */
export function columnsOf<R>(
  { name, columns, generated, viewColumns }: ReadModel<unknown, R>,
  names: readonly string[],
): ViewColumn[] {
  const all: readonly ViewColumn[] = [...columns, ...generated, ...viewColumns];
  return names.map((each) => {
    const found = all.find((column) => column.name === each);
    if (!found) throw new Error(`read model ${name} has no column ${each}`);
    return found;
  });
}
