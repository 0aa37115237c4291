import type { Event } from './event';
import { JsonText } from './json-text';
import type { Cell } from './reading';

export const earliest = (a: number | null, b: number | null): number | null =>
  a === null || (b !== null && b < a) ? b : a;
export const latest = (a: number | null, b: number | null): number | null =>
  a === null || (b !== null && b > a) ? b : a;

/** Values that change together: all are of one event, the newest that said any of them. */
export interface Snapshot {
  readonly time: number;
  readonly rank: number;
  readonly eventId: string;
  readonly values: Readonly<Record<string, Cell>>;
}

/** @returns null when the event says none of the values */
export function snapshotOf(
  event: Event,
  rank: number,
  values: Readonly<Record<string, Cell | undefined>>,
): Snapshot | null {
  if (Object.values(values).every((value) => value === undefined)) return null;
  return {
    time: event.time,
    rank,
    eventId: event.id,
    values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? null])),
  };
}

/** Time, then rank, then event id, then the content as JSON, compared as UTF-8 bytes. */
export function newest(a: Snapshot | null, b: Snapshot | null): Snapshot | null {
  if (a === null || b === null) return a ?? b;
  const order =
    a.time - b.time || a.rank - b.rank || bytes(a.eventId, b.eventId) || bytes(contentOf(a), contentOf(b));
  return order >= 0 ? a : b;
}

export const greatest = (a: string | null, b: string): string => (a === null || bytes(a, b) < 0 ? b : a);

/** The columns of a group as a view shows them. */
export function columnsOf(
  group: string,
  snapshot: Snapshot | null,
  names: readonly string[],
): Record<string, Cell> {
  return {
    ...Object.fromEntries(names.map((name) => [name, snapshot?.values[name] ?? null])),
    [`${group}Time`]: snapshot?.time ?? null,
    [`${group}Rank`]: snapshot?.rank ?? null,
    [`${group}EventId`]: snapshot?.eventId ?? null,
  };
}

const bytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Members in order of name; JSON stands as it was sent. */
function contentOf({ values }: Snapshot): string {
  const members = Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `"${name}":${value instanceof JsonText ? value.text : JSON.stringify(value)}`);
  return `{${members.join(',')}}`;
}
