// class-transformer reads the declared types at decoration, and needs this first.
import 'reflect-metadata';
import { MAX_UID_LENGTH } from '@app/engine';
import { Type } from 'class-transformer';
import { IsObject, ValidateBy, ValidateIf, ValidateNested, type ValidationArguments } from 'class-validator';

/** What is wrong with an event, and where: a path such as `experience.uid`, from the top of the JSON. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

// Any version: the vendor's examples are of version 4, but nothing promises it.
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

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

/** The uid of an experience, post, jimer, user or project. */
export function IsUuidUid(): PropertyDecorator {
  return ValidateBy({
    name: 'isUuidUid',
    validator: { validate: isUuid, defaultMessage: (args) => missingOr('must be a UUID')(args!) },
  });
}

/** Any other uid. */
export function IsUid(): PropertyDecorator {
  return ValidateBy({
    name: 'isUid',
    validator: {
      validate: isUid,
      defaultMessage: (args) =>
        missingOr(`must be a non-empty string of at most ${MAX_UID_LENGTH} characters`)(args!),
    },
  });
}

/** A uid that may be absent or null, and is usable when it is there. */
export function IsUidIfPresent(): PropertyDecorator {
  return ValidateBy({
    name: 'isUidIfPresent',
    validator: {
      validate: (value) => value === undefined || value === null || isUid(value),
      defaultMessage: () => `must be a non-empty string of at most ${MAX_UID_LENGTH} characters if present`,
    },
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

/** A text of so many characters; with `each`, every element of a list is one. */
export function IsText(least: number, most: number, options?: { readonly each: true }): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isText',
      constraints: [least, most],
      validator: {
        validate: (value) => isText(value, least, most),
        defaultMessage: () => `must be a text of ${least} to ${most} characters`,
      },
    },
    options,
  );
}

/** A text of at most so many characters, or null. */
export function IsTextOrNull(most: number): PropertyDecorator {
  return ValidateBy({
    name: 'isTextOrNull',
    constraints: [most],
    validator: {
      validate: (value) => value === null || isText(value, 0, most),
      defaultMessage: () => `must be a text of at most ${most} characters, or null`,
    },
  });
}

/** A UUID of any version; with `each`, every element of a list is one. */
export function IsUuid(options?: { readonly each: true }): PropertyDecorator {
  return ValidateBy(
    { name: 'isUuid', validator: { validate: isUuid, defaultMessage: () => 'must be a UUID' } },
    options,
  );
}

/** Something that the rules of a property can depend on, and that a contract can say. */
export interface Condition {
  readonly holds: (object: object) => boolean;
  /** JSON Schema of the objects for which it holds. */
  readonly schema: Readonly<Record<string, unknown>>;
}

const CONDITION = 'catalog:condition';

/** The property's rules are only asked of objects for which the condition holds. */
export function OnlyIf(condition: Condition): PropertyDecorator {
  return (target, property) => {
    Reflect.defineMetadata(CONDITION, condition, target, property);
    ValidateIf((object: object) => condition.holds(object))(target, property);
  };
}

/** Under what a property has its rules, an inherited one too. */
export function conditionOf(type: new () => object, property: string): Condition | undefined {
  return Reflect.getMetadata(CONDITION, type.prototype as object, property) as Condition | undefined;
}

const OBJECT_TYPE = 'catalog:object-type';

/** An object that the event must carry, with what its own class asks of it. */
export function HasObject(type: () => new () => object): PropertyDecorator {
  return (target, property) => {
    Reflect.defineMetadata(OBJECT_TYPE, type, target, property);
    ValidateNested()(target, property);
    IsObject({ message: missingOr('must be an object') })(target, property);
    Type(type)(target, property);
  };
}

/** The class of the object that a property holds by HasObject, an inherited one's too. */
export function objectTypeOf(type: new () => object, property: string): (new () => object) | undefined {
  const typeOf = Reflect.getMetadata(OBJECT_TYPE, type.prototype as object, property) as
    (() => new () => object) | undefined;
  return typeOf?.();
}
