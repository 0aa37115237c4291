import { integer, type Described } from './columns';

/**
 * Merges of a single column. Each is commutative, associative and idempotent, and null contributes nothing. `any` is for
 * a value on which all events of a row agree. Should two differ, the greatest wins, so that the order of arrival still
 * does not matter.
 */
export type SingleMerge = 'earliest' | 'greatest' | 'any' | 'union';

type AnyColumn = Described<unknown>;
export type Columns = Readonly<Record<string, AnyColumn>>;

export interface SingleSpec<D> {
  readonly merge: SingleMerge;
  readonly column: D;
}

/** Which part of a stamp decides first. The event id and canonical JSON come after both. */
export type StampOrder = 'time first' | 'rank first';

/** Columns that change together under one stamp: time, rank of the kind, event id, then canonical JSON. */
export interface LatestSpec<G> {
  readonly merge: 'latest';
  readonly columns: G;
  readonly order: StampOrder;
}

/** Where the record of an event is in the log. */
export interface PositionSpec {
  readonly merge: 'position';
  readonly column: Described<number>;
}

export type ColumnSpecs = Readonly<
  Record<string, SingleSpec<AnyColumn> | LatestSpec<Columns> | PositionSpec>
>;

export const earliest = <D extends AnyColumn>(column: D): SingleSpec<D> => ({ merge: 'earliest', column });
export const greatest = <D extends AnyColumn>(column: D): SingleSpec<D> => ({ merge: 'greatest', column });
export const any = <D extends AnyColumn>(column: D): SingleSpec<D> => ({ merge: 'any', column });
export const union = <D extends Described<readonly string[]>>(column: D): SingleSpec<D> => ({
  merge: 'union',
  column,
});
/**
 * The position of the record that a row comes from, as `packPosition` writes it; the greatest of several. The engine
 * takes it from the record, and no handler contributes it. Only for tables with one row per event, whose name
 * determines the topic. A change of it alone is stored, but counts as no change.
 */
export const logPosition = (comment: string): PositionSpec => ({
  merge: 'position',
  column: integer(comment),
});
/**
 * @param order `rank first` where events number their changes themselves: the number is contributed as the rank, and the
 * time decides only between changes with the same number
 */
export const latest = <G extends Columns>(columns: G, order: StampOrder = 'time first'): LatestSpec<G> => ({
  merge: 'latest',
  columns,
  order,
});
