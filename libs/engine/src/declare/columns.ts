import { COLUMN_TYPES, type ColumnType } from './column-types';

/** JSON as it was received: its text, which responses carry unparsed. */
export interface JsonText {
  readonly text: string;
}

/** What the API shows of a column. */
interface ApiColumn<N, R> {
  /** Its name in the API; null for the column's own name. */
  readonly publicName: N;
  readonly isRequired: R;
  /** All values that it can have; null if they are not listed. */
  readonly values: readonly unknown[] | null;
  readonly example: unknown;
  /** Whether its JSON is a list of texts, which responses carry as a list. */
  readonly isList: boolean;
}

/**
 * A column as it is declared: its type, one sentence about it, and what the API shows of it. The sentence becomes the
 * comment of the view's column, the description in OpenAPI and the line in the documentation.
 *
 * @typeParam T its value in contributions and rows
 * @typeParam A its value in the API's responses
 * @typeParam N its public name; null for the column's own name
 * @typeParam R whether every row has a value
 */
export class Described<T, A = unknown, N extends string | null = string | null, R extends boolean = boolean> {
  /** Only for inference. */
  declare readonly __apiValue?: A;

  constructor(
    readonly type: ColumnType<T>,
    readonly comment: string,
    readonly api: ApiColumn<N, R>,
  ) {}

  as<M extends string>(publicName: M): Described<T, A, M, R> {
    return new Described(this.type, this.comment, { ...this.api, publicName });
  }

  oneOf<const U extends T & A>(values: readonly U[]): Described<U, U, N, R> {
    return new Described(this.type as ColumnType<unknown> as ColumnType<U>, this.comment, {
      ...this.api,
      values,
    });
  }

  /** Every row has a value, so every contribution has to carry one. */
  required(): Described<T, A, N, true> {
    return new Described(this.type, this.comment, { ...this.api, isRequired: true });
  }

  /** An example, for the API's documentation. */
  like(example: A | null): this {
    return new Described(this.type, this.comment, { ...this.api, example }) as this;
  }
}

const PLAIN = {
  publicName: null,
  isRequired: false,
  values: null,
  example: undefined,
  isList: false,
} as const;

const described =
  <T, A = T>(type: ColumnType<T>) =>
  (comment: string): Described<T, A, null, false> =>
    new Described(type, comment, PLAIN);

export const uuid = described(COLUMN_TYPES.uuid);
export const text = described(COLUMN_TYPES.text);
/** Short text that may be part of keys and indexes: 1 to 200 characters. */
export const uid = described(COLUMN_TYPES.uid);
/** Epoch milliseconds in memory, timestamptz in the database, ISO-8601 in responses. */
export const instant = described<number, string>(COLUMN_TYPES.instant);
export const boolean = described(COLUMN_TYPES.boolean);
export const integer = described(COLUMN_TYPES.integer);
/** JSON text, kept as text (numbers beyond 2^53 survive) and of type `json` in views. */
export const json = described<string, JsonText>(COLUMN_TYPES.json);
/** JSON text of a list of texts. */
export const texts = (comment: string): Described<string, readonly string[], null, false> =>
  new Described(COLUMN_TYPES.json, comment, { ...PLAIN, isList: true });
/** A UTC day as YYYY-MM-DD. */
export const date = described(COLUMN_TYPES.date);
/** A set of texts, kept sorted by UTF-8 bytes and without repeats. Only for the merge *union*. */
export const set = described(COLUMN_TYPES.set);

/** A column that the database computes from others of the row. */
export interface Computed<D extends Described<unknown> = Described<unknown>> {
  readonly column: D;
  readonly sql: string;
}

/** @param sql an expression over the SQL names of the row's other columns */
export const computed = <D extends Described<unknown>>(column: D, sql: string): Computed<D> => ({
  column,
  sql,
});

/** The first column of every key. */
export const workspace = uid('The workspace; part of every key.').required().like('default');

/** A column of a view, stored or computed. */
export interface ViewColumn extends ApiColumn<string, boolean> {
  /** Name in TypeScript, such as `firstSeenAt`. */
  readonly name: string;
  /** Name in the database, such as `first_seen_at`. */
  readonly sqlName: string;
  readonly type: ColumnType<unknown>;
  readonly comment: string;
}

export function viewColumn(name: string, column: Described<unknown>, isKey = false): ViewColumn {
  const { type, comment, api } = column;
  const { publicName, isRequired, values, example, isList } = api;
  return {
    ...{ name, sqlName: snakeCase(name), publicName: publicName ?? name },
    ...{ type, comment, isRequired: isKey || isRequired, values, example, isList },
  };
}

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
