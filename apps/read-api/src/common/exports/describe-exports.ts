import type { OpenAPIObject } from '@nestjs/swagger';
import { csvRecord } from './csv';
import { EXPORTED_COLUMNS } from './exported';
import { EXPORT_TYPES, type ExportType } from './formats';

interface Operation {
  [EXPORTED_COLUMNS]?: readonly string[];
  readonly responses?: Readonly<Record<string, { content?: Record<string, unknown> }>>;
}

const HOW =
  'The whole list, with the same filters and without `limit` and `cursor`. It is read page by page: an item that is there throughout is there once; one that comes, goes or changes meanwhile may be there or not, as it was or as it is. A body that breaks off without its end is not whole.';

const CONTENT: Readonly<Record<ExportType, (columns: readonly string[]) => object>> = {
  'application/x-ndjson': () => ({
    schema: { type: 'string', description: `${HOW} One item of the list, as JSON, a line.` },
  }),
  'text/csv': (columns) => ({
    schema: {
      type: 'string',
      description: `${HOW} RFC 4180 in UTF-8, with a header; null is empty, a list is its elements and an object its members, separated by semicolons. A text that a spreadsheet would take for a formula has an apostrophe before it.`,
    },
    example: csvRecord(columns),
  }),
};

/** Writes out, for every list that can be exported, the media types that it can be had in. */
export function describeExports(document: OpenAPIObject): OpenAPIObject {
  for (const path of Object.values(document.paths))
    for (const operation of Object.values(path) as Operation[]) {
      const columns = operation[EXPORTED_COLUMNS];
      const content = operation.responses?.['200']?.content;
      if (!columns || !content) continue;
      for (const type of EXPORT_TYPES) content[type] = CONTENT[type](columns);
      delete operation[EXPORTED_COLUMNS];
    }
  return document;
}
