import type { Computed, Described } from './columns';
import type { LatestSpec, PositionSpec, SingleSpec } from './merges';

type UnionToIntersection<U> = (U extends unknown ? (x: U) => void : never) extends (x: infer I) => void
  ? I
  : never;

/** One object type instead of an intersection, so that editors and error messages are readable. */
type Flat<T> = { readonly [P in keyof T]: T[P] } & {};

type ValueOf<D> = D extends Described<infer T> ? T : never;
type ApiValueOf<D> = D extends Described<unknown, infer A> ? A : never;
type PublicName<D, P> = D extends Described<unknown, unknown, infer N extends string> ? N : P;
type RequiredNames<M> = {
  [P in keyof M]: M[P] extends Described<unknown, unknown, string | null, true> ? P : never;
}[keyof M];

/** The columns outside the key, by name, including those of groups. */
export type ColumnsIn<C> = Flat<
  UnionToIntersection<
    {
      [P in keyof C]: C[P] extends LatestSpec<infer G>
        ? G
        : C[P] extends SingleSpec<infer D>
          ? { readonly [Q in P]: D }
          : never;
    }[keyof C]
  >
>;
/** The positions, which every row has and no contribution carries. */
export type PositionsIn<C> = {
  readonly [P in keyof C as C[P] extends PositionSpec ? P : never]: Described<
    number,
    number,
    string | null,
    true
  >;
};
export type ComputedIn<X> = { readonly [P in keyof X]: X[P] extends Computed<infer D> ? D : never };

/** The values of a contribution: the key, the required columns, and any others. */
export type Contributed<K, M> = Flat<
  { readonly [P in keyof K]: ValueOf<K[P]> } & {
    readonly [P in RequiredNames<M>]: ValueOf<M[P]>;
  } & { readonly [P in Exclude<keyof M, RequiredNames<M>>]?: ValueOf<M[P]> | null | undefined }
>;

/** A row of a table's view: times in epoch milliseconds, JSON as its text. */
export type ViewRow<K, M> = Flat<
  { readonly workspace: string } & { readonly [P in keyof K]: ValueOf<K[P]> } & {
    readonly [P in keyof M]: ValueOf<M[P]> | (P extends RequiredNames<M> ? never : null);
  }
>;

/** Columns that a response shows as one object; null if none of them has a value. */
export interface Part<
  N extends string = string,
  M extends Readonly<Record<string, string>> = Readonly<Record<string, string>>,
> {
  readonly part: N;
  readonly comment: string;
  /** Name of its schema; parts of the same form share one. */
  readonly schema: string;
  /** Columns by their name in the object. */
  readonly columns: M;
}

/**
 * A row in the API's responses: public names, times as ISO-8601, JSON as it was received.
 *
 * @typeParam K the key, which always has values
 * @typeParam F the columns that are shown; `never` for all
 * @typeParam N columns that every row that is shown has
 */
export type ApiRow<K, M, F, N> = Flat<
  { readonly workspace: string } & ApiColumns<
    K & M,
    keyof K | RequiredNames<M> | N,
    [F] extends [never] ? keyof (K & M) : F
  > & {
      readonly [Q in Extract<F, Part> as Q['part']]:
        | {
            readonly [P in keyof Q['columns']]: ApiPartValue<K & M, Q['columns'][P]>;
          }
        | null;
    }
>;

type ApiColumns<M, Always, F> = {
  readonly [P in Extract<F, keyof M> as PublicName<M[P], P>]:
    ApiValueOf<M[P]> | (P extends Always ? never : null);
};

type ApiPartValue<M, P> = P extends keyof M ? ApiValueOf<M[P]> | null : never;
