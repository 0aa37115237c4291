import type { ApiPart, ReadModelApi, ViewColumn } from '@app/engine';
import { StoredJson } from '@app/platform';
import { isoTime } from '../common/database/times';
import type { ExportColumn } from '../common/exports/exported';

export type Members = Readonly<Record<string, unknown>>;
type Field = ReadModelApi['fields'][number];

export const isPart = (field: Field): field is ApiPart => 'part' in field;

/** From a row of the view (times in epoch milliseconds, JSON as its text) to the row as the API answers it. */
export function showing<R, S>({ fields }: ReadModelApi): (row: R) => S {
  const shown = fields.map((field) =>
    isPart(field)
      ? ([field.part, showingPart(field)] as const)
      : ([field.publicName, showingColumn(field)] as const),
  );
  return (row) => {
    const answer: Record<string, unknown> = {};
    for (const [name, show] of shown) answer[name] = show(row as Members);
    return answer as S;
  };
}

/** A part of a row, such as who changed it; null where none of its columns has a value. */
function showingPart({ columns }: Pick<ApiPart, 'columns'>): (row: Members) => Members | null {
  const shown = columns.map(([name, column]) => [name, showingColumn(column)] as const);
  return (row) => {
    const members = shown.map(([name, show]) => [name, show(row)] as const);
    return members.every(([, value]) => value === null) ? null : Object.fromEntries(members);
  };
}

/** From a row with the columns under their names in TypeScript. */
export const showingColumn =
  (column: ViewColumn): ((row: Members) => unknown) =>
  (row) =>
    valueOf(column, row[column.name], CONVERTED);

/** A value as the API shows it. */
export function valueOf({ type, isList }: ViewColumn, value: unknown, converted: typeof CONVERTED): unknown {
  if (value === null || value === undefined) return value;
  if (isList) return JSON.parse(value as string);
  const convert = converted[type.name];
  return convert ? convert(value as never) : value;
}

/** How values of a type are shown that are not shown as they come from the database. */
export const CONVERTED: Readonly<Partial<Record<ViewColumn['type']['name'], (value: never) => unknown>>> = {
  instant: isoTime,
  json: (text: string) => new StoredJson(text),
};

/** The columns of the CSV: those of the answer, and one for each member of a part. */
export function csvColumns<S>({ fields }: ReadModelApi): readonly ExportColumn<S>[] {
  return fields.flatMap((field): ExportColumn<S>[] => {
    if (!isPart(field)) return [field.publicName as keyof S & string];
    const { part, columns } = field;
    return columns.map(([name]) => [
      `${part}${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      (item) => (item as Readonly<Record<string, Members | null>>)[part]?.[name],
    ]);
  });
}
