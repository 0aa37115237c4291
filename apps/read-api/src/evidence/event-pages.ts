import type { CatalogEvent } from '@app/catalog';
import { packPosition, type LogPosition, type ExplainedEvent, type Explanation } from '@app/engine';
import { cursorInstant, cursorInteger, cursorKind, cursorUuid } from '../common/parameters/cursor';
import type { Basis, ExplainQuery } from './explain.dto';
import { PLACES, type EventRef, type PagePlace, type StoredEvidence } from './stored-rows';

/** An event of an explanation: what it did, or that its record is gone. */
export interface ListedEvent {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly kind: string;
  readonly position: LogPosition;
  /** When its newest record was appended, epoch milliseconds; null: the log holds it no longer. */
  readonly appendedAt: number | null;
  readonly explained: ExplainedEvent<CatalogEvent> | null;
}

const byLog = cursorKind<[number, number, number]>(
  'explain-log',
  cursorInteger,
  cursorInteger,
  cursorInteger,
);
const byTime = cursorKind<[number, string]>('explain-time', cursorInstant, cursorUuid);

/** @throws {Problem} 400 naming `cursor` */
export function placeOf({ order, limit, cursor }: ExplainQuery): PagePlace {
  return { order, limit, after: (order === 'time' ? byTime : byLog).decode(cursor) };
}

/** The events of an explanation, in the order of the log by their newest record, or in that of their times. */
export function orderEvents(
  stored: StoredEvidence,
  { events }: Explanation<CatalogEvent>,
  missing: readonly EventRef[],
  basis: Basis,
  order: ExplainQuery['order'],
): ListedEvent[] {
  const named = new Set(
    [...(stored.whole ?? stored.page), ...(stored.whole ? [] : stored.winners)].map(({ id }) => id),
  );
  const isAllRead = basis === 'scan' || stored.whole !== null;
  // The pages of a long list are those of what the timeline names, whether or not it is behind the row.
  const isListed = ({ event, isBehindRow, notApplied }: ExplainedEvent<CatalogEvent>): boolean =>
    isBehindRow || (named.has(event.id) && (notApplied !== null || !isAllRead));
  const listed = [
    ...events.filter(isListed).map((explained): ListedEvent => {
      const { topic, partition, record } = explained.deliveries.at(-1)!;
      const { id, time, name: kind } = explained.event;
      const position = { topic, partition, offset: record.offset };
      return { id, time, kind, position, appendedAt: record.timestamp, explained };
    }),
    ...missing.map(({ id, time, kind, topic, partition, offset }): ListedEvent => ({
      ...{ id, time, kind, position: { topic, partition, offset }, appendedAt: null, explained: null },
    })),
  ];
  if (order === 'time') return listed.toSorted((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
  return inLogOrder(listed);
}

/**
 * The page that a query asks for, of the events that were read.
 *
 * @param listed in the order that the query asks for
 */
export function cursorOf(
  listed: readonly ListedEvent[],
  query: ExplainQuery,
): { readonly events: readonly ListedEvent[]; readonly nextCursor: string | null } {
  const { limit } = query;
  if (query.order === 'time') {
    const after = byTime.decode(query.cursor);
    const rest = listed.filter(
      ({ time, id }) => after === null || time > after[0] || (time === after[0] && id > after[1]),
    );
    const events = rest.slice(0, limit);
    const last = events.at(-1);
    return { events, nextCursor: last && rest.length > limit ? byTime.encode([last.time, last.id]) : null };
  }
  const after = byLog.decode(query.cursor) ?? [-1, -1, -1];
  const rest = listed.filter(({ position }) => packed(position) > after[placeIndex(position)]!);
  const events = rest.slice(0, limit);
  if (rest.length <= limit) return { events, nextCursor: null };
  const next = [...after] as [number, number, number];
  for (const { position } of events)
    next[placeIndex(position)] = Math.max(next[placeIndex(position)]!, packed(position));
  return { events, nextCursor: byLog.encode(next) };
}

const packed = ({ partition, offset }: LogPosition): number => packPosition(partition, offset);
const placeIndex = ({ topic }: LogPosition): number => PLACES.findIndex((place) => place === topic);

/**
 * Topic by topic in the order of positions, and these by the times of appending: as the pages of a long list are, of
 * which no more is known than their positions.
 */
function inLogOrder(listed: readonly ListedEvent[]): ListedEvent[] {
  const lanes = PLACES.map((topic) =>
    listed
      .filter(({ position }) => position.topic === topic)
      .toSorted((a, b) => packed(a.position) - packed(b.position)),
  );
  const ordered: ListedEvent[] = [];
  for (;;) {
    const heads = lanes.filter((lane) => lane.length > 0);
    if (heads.length === 0) return ordered;
    const first = heads.reduce((a, b) => ((b[0]!.appendedAt ?? 0) < (a[0]!.appendedAt ?? 0) ? b : a));
    ordered.push(first.shift()!);
  }
}
