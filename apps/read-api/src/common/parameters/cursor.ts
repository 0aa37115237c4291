import { badParameter } from '@app/platform';
import { isStorable, isUuid } from './text';

export interface CursorPart<T> {
  is(value: unknown): value is T;
}

export const cursorUuid: CursorPart<string> = { is: isUuid };
export const cursorText: CursorPart<string> = {
  is: (value): value is string => typeof value === 'string' && value.length <= 1_000 && isStorable(value),
};
/** A whole number that a bigint holds. */
export const cursorInteger: CursorPart<number> = {
  is: (value): value is number => Number.isSafeInteger(value),
};

const MIN_INSTANT = Date.parse('0001-01-01T00:00:00.000Z');
const MAX_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/** Epoch milliseconds within the years 1 to 9999, as every time in a read model is. */
export const cursorInstant: CursorPart<number> = {
  is: (value): value is number =>
    Number.isInteger(value) && (value as number) >= MIN_INSTANT && (value as number) <= MAX_INSTANT,
};

export function cursorOrNull<T>(part: CursorPart<T>): CursorPart<T | null> {
  return { is: (value): value is T | null => value === null || part.is(value) };
}

type PartsOf<T extends readonly unknown[]> = { readonly [P in keyof T]: CursorPart<T[P]> };

/** Where a list goes on: the sort key of the last item that was shown, opaque to clients. */
export interface CursorKind<T extends readonly unknown[]> {
  encode(key: T): string;
  /** @throws {Problem} 400 naming `cursor` for anything that `encode` did not make */
  decode(cursor: string | undefined): T | null;
}

/**
 * Declares the cursor of a list.
 *
 * @param list sets the cursors of different lists apart
 */
export function cursorKind<T extends readonly unknown[]>(list: string, ...parts: PartsOf<T>): CursorKind<T> {
  return {
    encode: (key) => Buffer.from(JSON.stringify([list, ...key])).toString('base64url'),
    decode(cursor) {
      if (cursor === undefined) return null;
      const [from, ...key] = parsed(cursor);
      const fits = from === list && key.length === parts.length && parts.every((part, i) => part.is(key[i]));
      if (!fits) throw badParameter('cursor', 'is not one that this list gave');
      return key as unknown as T;
    },
  };
}

function parsed(cursor: string): unknown[] {
  if (!/^[\w-]{1,4000}$/.test(cursor)) return [];
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? (value as unknown[]) : [];
  } catch {
    return [];
  }
}
