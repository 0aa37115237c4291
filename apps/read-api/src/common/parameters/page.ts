import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, IsString, MaxLength, ValidateBy } from 'class-validator';
import type { CursorKind } from './cursor';

export const DEFAULT_LIMIT = 50;
export const LARGEST_LIMIT = 200;

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Asks for the next page; null on the last one. */
  readonly nextCursor: string | null;
}

/** How many items a page has: from 1 to `largest`, and `standard` where nothing is said. */
export const PageLimit = (largest: number, standard: number): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: largest, default: standard }),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
    ),
    ValidateBy({
      name: 'isLimit',
      validator: {
        validate: (value: unknown) =>
          Number.isInteger(value) && (value as number) >= 1 && (value as number) <= largest,
        defaultMessage: () => `$property must be a whole number from 1 to ${largest}`,
      },
    }),
  );

/** Parameters of every list; a list's own query extends it. */
export class PageQuery {
  @PageLimit(LARGEST_LIMIT, DEFAULT_LIMIT)
  limit: number = DEFAULT_LIMIT;

  @ApiPropertyOptional({ description: '`nextCursor` of the page before.' })
  @IsOptional()
  @IsString()
  @MaxLength(4_000, { message: 'is not one that this list gave' })
  cursor?: string;
}

/**
 * A page out of the rows that a query gave when asked for one more than the limit.
 *
 * @param keyOf the sort key of a row, which its cursor carries
 */
export function pageOf<R, K extends readonly unknown[], T>(
  rows: readonly R[],
  limit: number,
  cursor: CursorKind<K>,
  keyOf: (row: R) => K,
  show: (row: R) => T,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(show), nextCursor: more ? cursor.encode(keyOf(last)) : null };
}
