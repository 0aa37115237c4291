import { jsonText } from '@app/platform';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { csvRecord } from './csv';
import type { ExportedColumn } from './exported';

export const EXPORT_TYPES = ['application/x-ndjson', 'text/csv'] as const;

export type ExportType = (typeof EXPORT_TYPES)[number];

export interface ExportFormat {
  readonly name: 'ndjson' | 'csv';
  readonly contentType: string;
  readonly begin: (columns: readonly ExportedColumn[]) => string;
  readonly line: (columns: readonly ExportedColumn[], item: unknown) => string;
}

const FORMATS: Readonly<Record<ExportType, ExportFormat>> = {
  'application/x-ndjson': {
    name: 'ndjson',
    contentType: 'application/x-ndjson; charset=utf-8',
    begin: () => '',
    line: (_columns, item) => `${jsonText(item)}\n`,
  },
  'text/csv': {
    name: 'csv',
    contentType: 'text/csv; charset=utf-8; header=present',
    begin: (columns) => csvRecord(columns.map(({ name }) => name)),
    line: (columns, item) => csvRecord(columns.map((column) => column.of(item))),
  },
};

/** The format that an Accept header prefers to JSON; null for JSON. Wildcards mean JSON. */
export function askedExport(accept: string | undefined): ExportFormat | null {
  if (accept === undefined) return null;
  let best: { readonly type: string; readonly quality: number } = { type: '', quality: 0 };
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    const quality = weight === undefined ? 1 : Number(weight.slice(2)) || 0;
    if (quality > best.quality) best = { type, quality };
  }
  return Object.hasOwn(FORMATS, best.type) ? FORMATS[best.type as ExportType] : null;
}

/** The name of the format that the request asks for as an export; null for JSON. */
export const AskedFormat = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const { headers, method } = context.switchToHttp().getRequest<FastifyRequest>();
  return method === 'HEAD' ? null : (askedExport(headers.accept)?.name ?? null);
});
