import { ALL_TOPICS, definitionOf, jimersOf, SYSTEM_EVENTS, TOPICS, type CatalogEvent } from '@app/catalog';
import { CannotApply, storableText, type LogRecord } from '@app/engine';

/** Which events of the log are wanted; null is any. */
export interface LogFilter {
  readonly workspace: string | null;
  readonly jimerUid: string | null;
  readonly experienceUid: string | null;
  readonly requestUid: string | null;
  readonly id: string | null;
  readonly event: string | null;
  /** Times of the log in epoch milliseconds, the first inclusive and the second exclusive. */
  readonly from: number | null;
  readonly to: number | null;
  /** A part of the event's text, in any letter case. */
  readonly q: string | null;
}

/** What a token may find: an administrator also what no projection has taken. */
export type Reach = 'accepted events' | 'every record';

const REJECTED: readonly string[] = [TOPICS.quarantine, TOPICS.unrecognized];
export const isRejectedTopic = (topic: string): boolean => REJECTED.includes(topic);

/** Topics that may hold an event that the filter wants, in the order of `ALL_TOPICS`. */
export function topicsOf(filter: LogFilter, reach: Reach): readonly string[] {
  return ALL_TOPICS.filter(
    (topic) =>
      (reach === 'every record' || !isRejectedTopic(topic)) &&
      (filter.jimerUid === null || topic !== TOPICS.lifecycle) &&
      (filter.requestUid === null || topic === TOPICS.feedback || isRejectedTopic(topic)) &&
      (filter.event === null || mayHold(topic, filter.event)),
  );
}

function mayHold(topic: string, name: string): boolean {
  // An event that the catalogue has learnt of since was unrecognized before.
  if (topic === TOPICS.unrecognized) return true;
  const topics = [...SYSTEM_EVENTS.filter((each) => each.name === name).flatMap((each) => each.topics)];
  const definition = definitionOf(name);
  if (definition) topics.push(definition.topic, TOPICS.quarantine);
  return topics.some((each) => each === topic);
}

/** What the partition of the wanted events is chosen from; null where they may be in any partition of the topic. */
export function partitionKeyIn(topic: string, filter: LogFilter): string | null {
  if (topic === TOPICS.engagement) return filter.jimerUid;
  if (topic === TOPICS.lifecycle) return filter.experienceUid;
  if (topic === TOPICS.feedback) return filter.requestUid?.toLowerCase() ?? null;
  return null;
}

/** Whether the record was appended within the times of the filter. */
export function isInTime({ from, to }: LogFilter, { timestamp }: Pick<LogRecord, 'timestamp'>): boolean {
  return (from === null || timestamp >= from) && (to === null || timestamp < to);
}

/** Whether the filter wants the event; its times are `isInTime`'s. */
export function wants(filter: LogFilter, event: CatalogEvent): boolean {
  return (
    (filter.workspace === null || filter.workspace === event.workspace) &&
    (filter.id === null || filter.id === event.id) &&
    (filter.event === null || filter.event === event.name) &&
    (filter.jimerUid === null || jimersOf(event).includes(filter.jimerUid)) &&
    (filter.experienceUid === null ||
      uidIn(event, 'experience', 'post')?.toLowerCase() === filter.experienceUid) &&
    (filter.requestUid === null || uidIn(event, 'request') === filter.requestUid) &&
    (filter.q === null || hasText(event.text, filter.q))
  );
}

/** Whether the filter wants a record that is no event: it has nothing that most filters ask for. */
export function wantsUnreadable(filter: LogFilter, text: string): boolean {
  const { workspace, jimerUid, experienceUid, requestUid, id, event, q } = filter;
  const asked = [workspace, jimerUid, experienceUid, requestUid, id, event];
  return asked.every((each) => each === null) && (q === null || hasText(text, q));
}

/** The uid of the first of these members that is an object, as read models have it. */
function uidIn(event: CatalogEvent, ...members: readonly string[]): string | null {
  try {
    for (const member of members) {
      const object = event.object(member);
      if (!object) continue;
      const uid = object.get('uid');
      return typeof uid === 'string' || typeof uid === 'number' ? storableText(String(uid)) : null;
    }
    return null;
  } catch (error) {
    // No JSON object: another producer wrote it.
    if (error instanceof CannotApply) return null;
    throw error;
  }
}

/** Text is searched as it was received, and where it has escapes also as they read. */
function hasText(text: string, part: string): boolean {
  const wanted = comparable(part);
  if (comparable(text).includes(wanted)) return true;
  if (!text.includes('\\')) return false;
  try {
    return comparable(JSON.stringify(JSON.parse(text))).includes(wanted);
  } catch {
    return false;
  }
}

const comparable = (text: string): string => text.normalize('NFC').toLowerCase();
