import { compareUtf8, sortedSet, type Row, type Stored } from '../declare/column-types';
import type { AnyReadModel, Column, LatestGroup } from '../declare/read-model';

/** Identifies a row within its table. */
export function keyOf(table: AnyReadModel, row: Row): string {
  let key = '';
  for (const column of table.keys) key += `${String(row[column.index])}\u0000`;
  return key;
}

/** Merges `source` into `target`; afterwards `target` is the merge of both, whichever came first. */
export function mergeInto(table: AnyReadModel, target: Row, source: Row): void {
  for (const column of table.singles) {
    const { index } = column;
    const theirs = source[index]!;
    if (theirs === null) continue;
    const ours = target[index]!;
    target[index] = ours === null ? theirs : mergeSingle(column, ours, theirs);
  }
  if (table.position !== null) {
    const { index } = table.position;
    const theirs = source[index] as number | null;
    if (theirs !== null && (target[index] === null || theirs > (target[index] as number)))
      target[index] = theirs;
  }
  for (const group of table.groups) {
    if (!isNewer(group, source, target)) continue;
    for (const column of group.columns) target[column.index] = source[column.index]!;
    target[group.time.index] = source[group.time.index]!;
    target[group.rank.index] = source[group.rank.index]!;
    target[group.event.index] = source[group.event.index]!;
  }
}

function mergeSingle(column: Column, ours: NonNullable<Stored>, theirs: NonNullable<Stored>): Stored {
  if (column.role.kind !== 'single')
    throw new Error(`${column.name} is not a column with a merge of its own`);
  const { merge } = column.role;
  switch (merge) {
    case 'earliest':
      return column.type.compare(theirs, ours) < 0 ? theirs : ours;
    case 'greatest':
    case 'any':
      return column.type.compare(theirs, ours) > 0 ? theirs : ours;
    case 'union':
      return sortedSet([...(ours as readonly string[]), ...(theirs as readonly string[])]);
  }
}

/** Whether `source`'s snapshot of the group is the later one: time, rank (or rank, time), event id, canonical JSON. */
function isNewer(group: LatestGroup, source: Row, target: Row): boolean {
  const time = source[group.time.index] as number | null;
  if (time === null) return false;
  const current = target[group.time.index] as number | null;
  if (current === null) return true;
  const rank = (source[group.rank.index] as number) - (target[group.rank.index] as number);
  if (group.order === 'rank first' && rank !== 0) return rank > 0;
  if (time !== current) return time > current;
  if (rank !== 0) return rank > 0;
  const event = compareUtf8(source[group.event.index] as string, target[group.event.index] as string);
  if (event !== 0) return event > 0;
  return compareUtf8(canonicalGroup(group, source), canonicalGroup(group, target)) > 0;
}

/**
 * The group's canonical JSON, for the tie that only a redelivery with other content makes. The statement
 * that merges in Postgres builds the same text (engine-postgres, `canonicalGroupSql`).
 */
function canonicalGroup(group: LatestGroup, row: Row): string {
  const members = group.columns.map((column) => {
    const value = row[column.index]!;
    return `${JSON.stringify(column.name)}:${value === null ? 'null' : column.type.toJson(value)}`;
  });
  return `{${members.join(',')}}`;
}
