// class-transformer reads the declared types at decoration, and needs this first.
import 'reflect-metadata';
import { Allow, getMetadataStorage } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata';

export type EventClass = new () => object;
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * What our decorators say of a property for the contracts. It is the `context` of the metadata that class-validator
 * keeps of the class, so that rules, sentences and schemas are in one place and in one order.
 */
export interface Context {
  /** The property's sentence. */
  readonly doc?: string;
  /** JSON Schema of what a rule takes. */
  readonly schema?: JsonSchema;
  /** The rule takes an object that does not have the property. */
  readonly optional?: boolean;
  /** JSON Schema of what is usually there. */
  readonly usually?: JsonSchema;
  /** The class of the object that the property holds. */
  readonly holds?: EventClass;
  /** JSON Schema of the objects for which the property's rules hold. */
  readonly condition?: JsonSchema;
}

/** A property as its decorators declare it. */
export interface DeclaredProperty extends Pick<Context, 'doc' | 'usually' | 'holds' | 'condition'> {
  readonly name: string;
  /** It is declared by a class that this one extends. */
  readonly inherited: boolean;
  readonly rules: readonly ValidationMetadata[];
}

const DOC = 'catalog:doc';

/** The sentence of a class, which the classes that extend it inherit, or of a property. */
export function Doc(doc: string) {
  return (target: object, property?: string | symbol): void => {
    if (property === undefined) Reflect.defineMetadata(DOC, doc, target);
    else Allow({ context: { doc } satisfies Context })(target, property);
  };
}

/** A property that may hold anything; the contracts say what the vendor usually sends there. */
export function Usually(usually: JsonSchema): PropertyDecorator {
  return Allow({ context: { usually } satisfies Context });
}

export function docOf(type: EventClass): string | undefined {
  return Reflect.getMetadata(DOC, type) as string | undefined;
}

/** @throws when the class has none, nor inherits one: an event must say what it is */
export function sentenceOf(type: EventClass): string {
  const doc = docOf(type);
  if (doc === undefined) throw new Error(`class ${type.name} does not say in a @Doc what it is`);
  return doc;
}

const known = new Map<EventClass, readonly DeclaredProperty[]>();

/** The properties of a class, those that it inherits first, each in the order of declaration. */
export function propertiesOf(type: EventClass): readonly DeclaredProperty[] {
  let properties = known.get(type);
  if (!properties) known.set(type, (properties = readProperties(type)));
  return properties;
}

function readProperties(type: EventClass): readonly DeclaredProperty[] {
  const metadata = getMetadataStorage()
    .getTargetValidationMetadatas(type, '', false, false)
    .toSorted((a, b) => depthOf(a.target) - depthOf(b.target));
  return [...Map.groupBy(metadata, ({ propertyName }) => propertyName)].map(([name, ofProperty]) => {
    const { doc, usually, holds, condition } = Object.assign({}, ...ofProperty.map(contextOf)) as Context;
    return {
      name,
      inherited: ofProperty.every(({ target }) => target !== type),
      // `Allow` leaves a rule of this type, which checks nothing.
      rules: ofProperty.filter(({ type: kind }) => kind !== 'whitelistValidation'),
      ...(doc !== undefined && { doc }),
      ...(usually && { usually }),
      ...(holds && { holds }),
      ...(condition && { condition }),
    };
  });
}

export function contextOf({ context }: ValidationMetadata): Context {
  return (context ?? {}) as Context;
}

function depthOf(target: unknown): number {
  let depth = 0;
  for (let type: unknown = target; typeof type === 'function'; type = Object.getPrototypeOf(type)) depth++;
  return depth;
}
