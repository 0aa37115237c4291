import {
  EXPERIENCE_TYPES,
  readExperienceObserved,
  type CatalogEvent,
  type ObjectReader,
  type Observation,
  type ObservedObject,
} from '@app/catalog';
import { canonicalText } from './text';

/**
 * Lenient readers of what Jimo sends. An event was validated for what identifies it; everything else may be
 * of any type, and one odd field must not keep the rest from being shown. Throughout: absent is undefined,
 * null is null, and a value of a type that cannot be read is null.
 */
const NOTHING: ObjectReader = { get: () => undefined, raw: () => undefined };

/** One of the event's objects; one without members where it is absent or no object. */
export function objectOf(event: CatalogEvent, member: string): ObjectReader {
  return event.object(member) ?? NOTHING;
}

export function jimerOf(event: CatalogEvent): ObjectReader {
  return objectOf(event, 'jimer');
}

/** The experience of an event; a changelog post is an experience of type POST. */
export function experienceOf(event: CatalogEvent): ObjectReader {
  return event.object('experience') ?? objectOf(event, 'post');
}

/**
 * Text in NFC, so that canonically equal text is equal in every table; numbers and booleans as they are written (the
 * vendor's docs call a title a number).
 */
export function textOf(value: unknown): string | null | undefined {
  if (typeof value === 'string') return canonicalText(value);
  if (value === undefined) return undefined;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/**
 * Text of a member, like `textOf`; a number with all the digits that it was written with, for identifiers:
 * parsed, those beyond 2^53 would become one another.
 */
export function exactTextOf(object: ObjectReader, member: string): string | null | undefined {
  const value = object.get(member);
  return typeof value === 'number' ? object.raw(member) : textOf(value);
}

export function booleanOf(value: unknown): boolean | null | undefined {
  return value === undefined || typeof value === 'boolean' ? value : null;
}

export function integerOf(value: unknown): number | null | undefined {
  return value === undefined || Number.isSafeInteger(value) ? (value as number | undefined) : null;
}

/** JSON text of a value that was parsed from JSON. */
export function jsonOf(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

const TYPE_OF_FAMILY: Readonly<Record<string, string>> = Object.fromEntries(
  EXPERIENCE_TYPES.map((type) => [type.toLowerCase(), type]),
);

/** The experience's type: what the snapshot says, or what the family of the event implies. */
export function experienceTypeOf(event: CatalogEvent, experience: ObjectReader): string | undefined {
  return typeOf(experience, event.name.slice(0, event.name.indexOf('.')));
}

/** @param family of the event */
export function typeOf(experience: ObjectReader, family: string): string | undefined {
  const type = experience.get('type');
  return typeof type === 'string' && type.length > 0 ? type : TYPE_OF_FAMILY[family];
}

/** What an event of our own says of an experience on behalf of a jimer who was erased; null of any other event. */
export function observationOf(event: CatalogEvent): Observation | null {
  // A webhook may send any name.
  return event.origin === 'system' ? readExperienceObserved(event) : null;
}

/** One of the objects of an observation; one without members where it tells none. */
export function observedObject(observation: Observation, member: ObservedObject): ObjectReader {
  return observation.object(member) ?? NOTHING;
}
