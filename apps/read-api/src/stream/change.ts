import { decodeEvent, experienceMember, type CatalogEvent } from '@app/catalog';
import { formatPosition, storableText, type LogRecord } from '@app/engine';
import { CHANGE_KINDS, STREAMED_TOPICS, type ChangeKind } from './places';

/** What a record says has changed. Uids are what a reader asks the API by; nothing else of the payload goes out. */
export interface Change {
  /** Index of its partition in a vector. */
  readonly place: number;
  readonly offset: number;
  readonly position: string;
  readonly id: string;
  readonly event: string;
  readonly kind: ChangeKind;
  readonly time: number;
  readonly workspace: string;
  readonly jimerUid: string | null;
  readonly experienceUid: string | null;
  readonly requestUid: string | null;
}

/** Which changes a client wants; null is any. */
export interface ChangeFilter {
  readonly workspace: string | null;
  readonly jimerUid: string | null;
  readonly experienceUid: string | null;
  readonly kinds: ReadonlySet<ChangeKind> | null;
  readonly events: ReadonlySet<string> | null;
}

/** Null for what tells of no change: a tombstone, or a record that nobody here can read. */
export function changeOf(topic: string, partition: number, place: number, record: LogRecord): Change | null {
  const kind = CHANGE_KINDS[STREAMED_TOPICS.findIndex((each) => each === topic)];
  const decoded = decodeEvent(record);
  if (!decoded.ok || kind === undefined) return null;
  const { event } = decoded;
  const payload = payloadOf(event);
  if (!payload) return null;
  return {
    place,
    offset: record.offset,
    position: formatPosition({ topic, partition, offset: record.offset }),
    id: event.id,
    event: event.name,
    kind,
    time: event.time,
    workspace: event.workspace,
    jimerUid: lowered(uidOf(payload, 'jimer')),
    experienceUid: lowered(uidOf(payload, experienceMember(payload))),
    requestUid: uidOf(payload, 'request'),
  };
}

export function matches(filter: ChangeFilter, change: Change): boolean {
  return (
    (filter.workspace === null || filter.workspace === change.workspace) &&
    (filter.jimerUid === null || filter.jimerUid === change.jimerUid) &&
    (filter.experienceUid === null || filter.experienceUid === change.experienceUid) &&
    (filter.kinds === null || filter.kinds.has(change.kind)) &&
    (filter.events === null || filter.events.has(change.event))
  );
}

/** @param eventId where a reader who has seen this goes on */
export function frameOf(change: Change, eventId: string): string {
  const { id, event, kind, time, workspace, jimerUid, experienceUid, requestUid, position } = change;
  const data = {
    ...{ id, event, kind, time: new Date(time).toISOString(), workspace },
    ...{ jimerUid, experienceUid, requestUid, position },
  };
  return `id: ${eventId}\nevent: change\ndata: ${JSON.stringify(data)}\n\n`;
}

function payloadOf(event: CatalogEvent): Readonly<Record<string, unknown>> | null {
  try {
    return event.payload;
  } catch {
    return null;
  }
}

function uidOf(payload: Readonly<Record<string, unknown>>, member: string | undefined): string | null {
  const object = member === undefined ? undefined : payload[member];
  if (typeof object !== 'object' || object === null) return null;
  return textOrNull((object as { uid?: unknown }).uid);
}

/** As read models have it. */
const textOrNull = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? storableText(String(value)) : null;

/** Uids of jimers and experiences are UUIDs, and read models have them in lower case. */
const lowered = (uid: string | null): string | null => uid?.toLowerCase() ?? null;
