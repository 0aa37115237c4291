import type { Row } from '../declare/column-types';
import type { Relation } from './relation';
import { ListOf, type Listed, type RowDifference, type ListedValues } from './report';
import type { BucketSums, RowDigester } from './row-digest';
import { formatValue } from './format-value';
import type { BucketSelection, RelationDigests, StoredRow } from './verify-store';

/** The most rows that are compared one by one, on each side. */
const MAX_ROWS = 20_000;

/** The digests of one table or tally, and the buckets in which they differ from the stored ones. */
export interface DigestComparison {
  readonly relation: Relation;
  readonly sums: BucketSums;
  readonly differing: readonly number[];
}

/** Chooses as many differing buckets as can be compared row by row, and at least one of every relation that differs. */
export function chooseBuckets(tables: readonly DigestComparison[], stored: RelationDigests): BucketSelection {
  const selection = new Map<string, number[]>();
  const differing = tables.filter(({ differing: buckets }) => buckets.length > 0);
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

/** The rows of some buckets as the log makes them, to be compared with the stored ones. */
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

  /** The key is in other rows as well, and is added again once they are merged. */
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
        found.add(this.difference('different', this.listed(ours.row), theirs.values));
    }
    for (const { row } of left.values()) found.add(this.difference('missing', this.listed(row), null));
  }

  private listed(row: Row): (string | null)[] {
    return this.relation.columns.map((column, i) => formatValue(column, row[i]!));
  }

  private difference(kind: RowDifference['kind'], log: Values | null, stored: Values | null): RowDifference {
    const { name, columns, keyColumns } = this.relation;
    const named = (values: Values, from: number, to: number): ListedValues =>
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
  tables: readonly { readonly log: RowsOfBuckets; readonly stored: readonly StoredRow[] }[],
): Listed<RowDifference> {
  const found = new ListOf<RowDifference>();
  for (const { log, stored } of tables) log.differencesFrom(stored, found);
  return found.listed();
}
