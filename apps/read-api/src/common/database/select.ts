import type { AnyReadModel, ReadModel, ViewColumn } from '@app/engine';

/** A select list: rows with the columns under their names in TypeScript. */
export const selectList = (columns: readonly ViewColumn[], alias: string): string =>
  columns.map(({ name, sqlName }) => `${alias}.${sqlName} AS "${name}"`).join(', ');

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
