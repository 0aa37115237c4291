import type { Row } from '../declare/column-types';
import type { Relation } from './relation';
import { ListOf, type Listed, type RowDifference, type ShownValues } from './report';
import type { BucketSums, RowDigester } from './row-digest';
import { shown } from './shown';
import type { BucketSelection, RelationDigests, StoredRow } from './verify-store';

/** Rows that are looked at one by one, on each side. */
const MAX_ROWS = 20_000;

/** What a first look found of one relation. */
export interface ComparedRelation {
  readonly relation: Relation;
  readonly sums: BucketSums;
  readonly differing: readonly number[];
}

/** Buckets that differ, as many as can be looked at row by row: at least one of every relation. */
export function bucketsForSecondLook(
  looked: readonly ComparedRelation[],
  stored: RelationDigests,
): BucketSelection {
  const selection = new Map<string, number[]>();
  const differing = looked.filter(({ differing: buckets }) => buckets.length > 0);
  const share = MAX_ROWS / differing.length;
  for (const { relation, sums, differing: buckets } of differing) {
    const theirs = new Map((stored.get(relation.name) ?? []).map((digest) => [digest.bucket, digest.rows]));
    const chosen: number[] = [];
    let rows = 0;
    for (const bucket of buckets) {
      rows += Math.max(sums.of(bucket).rows, theirs.get(bucket) ?? 0);
      if (chosen.length > 0 && rows > share) break;
      chosen.push(bucket);
    }
    selection.set(relation.name, chosen);
  }
  return selection;
}

/** The rows of some buckets as the log makes them, to be held against those that are stored. */
export class RowsOfBuckets {
  private readonly rows = new Map<string, { readonly row: Row; readonly digest: bigint }>();
  private readonly chosen: ReadonlySet<number>;

  constructor(
    private readonly relation: Relation,
    chosen: readonly number[],
  ) {
    this.chosen = new Set(chosen);
  }

  add(row: Row, digester: RowDigester): void {
    if (!this.chosen.has(digester.bucket)) return;
    const digest = (BigInt(digester.high) << 32n) | BigInt(digester.low);
    this.rows.set(digester.key(), { row, digest });
  }

  /** A row of that key comes again, merged with others. */
  remove(digester: RowDigester): void {
    if (this.chosen.has(digester.bucket)) this.rows.delete(digester.key());
  }

  differencesFrom(stored: readonly StoredRow[], found: ListOf<RowDifference>): void {
    const left = new Map(this.rows);
    for (const theirs of stored) {
      const ours = left.get(theirs.key);
      left.delete(theirs.key);
      if (!ours) found.add(this.difference('extra', null, theirs.values));
      else if (ours.digest !== theirs.digest)
        found.add(this.difference('different', this.shown(ours.row), theirs.values));
    }
    for (const { row } of left.values()) found.add(this.difference('missing', this.shown(row), null));
  }

  private shown(row: Row): (string | null)[] {
    return this.relation.columns.map((column, i) => shown(column, row[i]!));
  }

  private difference(kind: RowDifference['kind'], log: Values | null, stored: Values | null): RowDifference {
    const { name, columns, keyColumns } = this.relation;
    const named = (values: Values, from: number, to: number): ShownValues =>
      Object.fromEntries(columns.slice(from, to).map((column, i) => [column.name, values[from + i]!]));
    const key = named((log ?? stored)!, 0, keyColumns);
    const rest = (values: Values | null) => values && named(values, keyColumns, columns.length);
    return {
      table: name,
      kind,
      key,
      columns: columns
        .filter((_, i) => i >= keyColumns && (!log || !stored || log[i] !== stored[i]))
        .map((column) => column.name),
      log: rest(log),
      stored: rest(stored),
    };
  }
}

type Values = readonly (string | null)[];

export function compareRows(
  looks: readonly { readonly look: RowsOfBuckets; readonly stored: readonly StoredRow[] }[],
): Listed<RowDifference> {
  const found = new ListOf<RowDifference>();
  for (const { look, stored } of looks) look.differencesFrom(stored, found);
  return found.listed();
}
