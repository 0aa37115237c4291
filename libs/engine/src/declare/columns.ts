import { COLUMN_TYPES, type ColumnType } from './column-types';

/**
 * A column as a declaration writes it: its type, its one sentence, and what the API shows of it. The sentence
 * becomes the comment of the view's column, the description in OpenAPI and the line in the documentation.
 *
 * @typeParam N its public name; null where that is the column's own
 * @typeParam R whether every row has a value
 */
export class Described<T, N extends string | null = string | null, R extends boolean = boolean> {
  constructor(
    readonly type: ColumnType<T>,
    readonly comment: string,
    readonly publicName: N,
    readonly isRequired: R,
    /** All values that it can have; null where they are not listed. */
    readonly values: readonly T[] | null = null,
  ) {}

  /** Sets its name in the API, where that is not the column's own. */
  as<M extends string>(publicName: M): Described<T, M, R> {
    return new Described(this.type, this.comment, publicName, this.isRequired, this.values);
  }

  oneOf<const U extends T>(values: readonly U[]): Described<U, N, R> {
    return new Described<U, N, R>(
      this.type as ColumnType<unknown> as ColumnType<U>,
      this.comment,
      this.publicName,
      this.isRequired,
      values,
    );
  }

  /** Every row has a value: every contribution has to carry one. */
  required(): Described<T, N, true> {
    return new Described(this.type, this.comment, this.publicName, true, this.values);
  }
}

const described =
  <T>(type: ColumnType<T>) =>
  (comment: string): Described<T, null, false> =>
    new Described(type, comment, null, false);

export const uuid = described(COLUMN_TYPES.uuid);
export const text = described(COLUMN_TYPES.text);
/** Short text that may be part of keys and indexes: 1 to 200 characters. */
export const uid = described(COLUMN_TYPES.uid);
/** Epoch milliseconds in memory, timestamptz in the database. */
export const instant = described(COLUMN_TYPES.instant);
export const boolean = described(COLUMN_TYPES.boolean);
export const integer = described(COLUMN_TYPES.integer);
/** JSON text, kept as text (numbers beyond 2^53 survive) and shown as `json` by the views. */
export const json = described(COLUMN_TYPES.json);
/** A UTC day as YYYY-MM-DD. */
export const date = described(COLUMN_TYPES.date);
/** A set of texts, kept sorted by UTF-8 bytes and without repeats. Only for the merge *union*. */
export const set = described(COLUMN_TYPES.set);

/** A column that the database derives from the row's others. */
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
export const workspace = uid('The workspace; part of every key.').required();
