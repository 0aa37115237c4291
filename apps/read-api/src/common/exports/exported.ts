import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

/** A column of a CSV export: a field of the item under its own name, or what a function finds in the item. */
export type ExportColumn<T> = (keyof T & string) | readonly [name: string, of: (item: T) => unknown];

export interface ExportedColumn {
  readonly name: string;
  of(item: unknown): unknown;
}

export interface ExportedList {
  /** Of the file that is offered, without its ending. */
  readonly name: string;
  /** The columns of the CSV, by the first page of what the handler answers. */
  columnsOf(answer: unknown): readonly ExportedColumn[];
  /** The items in what the handler answers. */
  itemsOf(answer: unknown): readonly unknown[];
}

export const EXPORTED = 'platform:exported';
/** In the OpenAPI document, until its media types are written out. */
export const EXPORTED_COLUMNS = 'x-exported-columns';

export interface ExportOptions<T> {
  /** The items in what the handler answers, where that is not a page. */
  readonly itemsOf?: (answer: never) => readonly T[];
  /** Columns that come after the others and that only the answer tells, such as one for each question of a survey. */
  readonly moreColumns?: (answer: never) => readonly ExportColumn<T>[];
}

/**
 * Declares that a list can be had whole, as NDJSON or CSV, with the same filters. The handler answers a page (or,
 * with `itemsOf`, everything at once) and is asked for one page after the other.
 *
 * @param columns of the CSV, in their order: stable, new ones come last
 */
export function Exported<T>(
  name: string,
  columns: readonly ExportColumn<T>[],
  {
    itemsOf = (answer: { readonly items: readonly T[] }) => answer.items,
    moreColumns,
  }: ExportOptions<T> = {},
): MethodDecorator {
  const fixed = columns.map(exportedColumn);
  const list: ExportedList = {
    name,
    columnsOf: (answer) => [...fixed, ...(moreColumns?.(answer as never) ?? []).map(exportedColumn)],
    itemsOf,
  };
  return applyDecorators(
    SetMetadata(EXPORTED, list),
    ApiExtension(EXPORTED_COLUMNS, [
      ...fixed.map((column) => column.name),
      ...(moreColumns ? ['answers: a column for each question'] : []),
    ]),
  );
}

function exportedColumn<T>(column: ExportColumn<T>): ExportedColumn {
  if (typeof column !== 'string') return { name: column[0], of: (item) => column[1](item as T) };
  return { name: column, of: (item) => (item as Readonly<Record<string, unknown>>)[column] };
}
