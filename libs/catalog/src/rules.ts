import { MAX_UID_LENGTH } from '@app/engine';
import { Type } from 'class-transformer';
import { IsObject, ValidateBy, ValidateIf, ValidateNested, type ValidationArguments } from 'class-validator';
import type { Context, EventClass, JsonSchema } from './class-metadata';

/** What is wrong with an event, and where: a path such as `experience.uid`, from the top of the JSON. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

// Any version: the vendor's examples are of version 4, but nothing promises it.
const UUID_PATTERN = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';
const UUID = new RegExp(UUID_PATTERN);

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && value.length === 36 && UUID.test(value);
}

/** Whether a value is a non-empty string of at most 200 characters (code points). */
export function isUid(value: unknown): value is string {
  if (typeof value !== 'string' || value.length === 0) return false;
  return (
    value.length <= MAX_UID_LENGTH ||
    (value.length <= 2 * MAX_UID_LENGTH && [...value].length <= MAX_UID_LENGTH)
  );
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const missingOr =
  (message: string) =>
  ({ value }: ValidationArguments): string =>
    value === undefined || value === null ? 'is missing' : message;

interface Rule {
  readonly name: string;
  readonly takes: (value: unknown) => boolean;
  readonly message: string;
  /** JSON Schema of what it takes: keywords that mean the same in draft 7, which AsyncAPI is written in, and 2020-12. */
  readonly schema: JsonSchema;
  readonly optional?: boolean;
}

function rule({ name, takes, message, schema, optional = false }: Rule, each = false): PropertyDecorator {
  return ValidateBy(
    { name, validator: { validate: takes, defaultMessage: (args) => missingOr(message)(args!) } },
    { each, context: { schema, optional } satisfies Context },
  );
}

/** Every element of a list follows the rule, and not the list itself. */
interface Each {
  readonly each: true;
}

/** A UUID of any version: the uid of an experience, post, jimer, user or project, say. */
export function IsUuid(options?: Each): PropertyDecorator {
  const schema = { type: 'string', pattern: UUID_PATTERN };
  return rule({ name: 'isUuid', takes: isUuid, message: 'must be a UUID', schema }, options?.each);
}

const UID_MESSAGE = `must be a non-empty string of at most ${MAX_UID_LENGTH} characters`;
const UID_LENGTH = { minLength: 1, maxLength: MAX_UID_LENGTH };

/** The uid of anything else. */
export function IsUid(): PropertyDecorator {
  const schema = { type: 'string', ...UID_LENGTH };
  return rule({ name: 'isUid', takes: isUid, message: UID_MESSAGE, schema });
}

/** A uid that may be absent or null, and is usable when it is there. */
export function IsUidIfPresent(): PropertyDecorator {
  return rule({
    name: 'isUidIfPresent',
    takes: (value) => value === undefined || value === null || isUid(value),
    message: `${UID_MESSAGE} if present`,
    schema: { type: ['string', 'null'], ...UID_LENGTH },
    optional: true,
  });
}

/** Whether a text has so many characters (code points). */
export function isText(value: unknown, least: number, most: number): value is string {
  if (typeof value !== 'string' || value.length < least) return false;
  if (value.length <= most && least <= 1) return true;
  if (value.length > 2 * most) return false;
  const characters = [...value].length;
  return characters >= least && characters <= most;
}

/** A text of so many characters. */
export function IsText(least: number, most: number, options?: Each): PropertyDecorator {
  const text = {
    name: 'isText',
    takes: (value: unknown) => isText(value, least, most),
    message: `must be a text of ${least} to ${most} characters`,
    schema: { type: 'string', minLength: least, maxLength: most },
  };
  return rule(text, options?.each);
}

/** A text of at most so many characters, or null. */
export function IsTextOrNull(most: number): PropertyDecorator {
  return rule({
    name: 'isTextOrNull',
    takes: (value) => value === null || isText(value, 0, most),
    message: `must be a text of at most ${most} characters, or null`,
    schema: { type: ['string', 'null'], maxLength: most },
  });
}

/** Something that the rules of a property can depend on, and that a contract can say. */
export interface Condition {
  readonly holds: (object: object) => boolean;
  /** JSON Schema of the objects for which it holds. */
  readonly schema: JsonSchema;
}

/** The property's rules are only asked of objects for which the condition holds. */
export function OnlyIf({ holds, schema }: Condition): PropertyDecorator {
  return ValidateIf(holds, { context: { condition: schema } satisfies Context });
}

/** An object that the event must carry, with what its own class asks of it. */
export function HasObject(type: EventClass): PropertyDecorator {
  return (target, property) => {
    ValidateNested()(target, property);
    const context: Context = { holds: type };
    IsObject({ message: missingOr('must be an object'), context })(target, property);
    Type(() => type)(target, property);
  };
}
