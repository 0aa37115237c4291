import { conditionOf, objectTypeOf } from '@app/catalog';
import { getMetadataStorage } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata';

export type Schema = Readonly<Record<string, unknown>>;
export type EventClass = new () => object;

/** What the rules of a property ask. */
export interface RuledProperty {
  readonly name: string;
  readonly schema: Schema;
  readonly required: boolean;
  /** Objects of which it is asked; undefined when it is of all. */
  readonly condition: Schema | undefined;
  /** The class of the object that it holds. */
  readonly holds: EventClass | undefined;
}

const UUID = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';
const UID = { minLength: 1, maxLength: 200 };

/**
 * JSON Schema of what each validator takes, by its name. Only keywords that mean the same in draft 7, which
 * AsyncAPI is written in, and in 2020-12; no `format`, which validators may ignore.
 */
const SAYS: Readonly<Record<string, (constraints: readonly unknown[]) => Schema>> = {
  isUuidUid: () => ({ type: 'string', pattern: UUID }),
  isUuid: () => ({ type: 'string', pattern: UUID }),
  isUid: () => ({ type: 'string', ...UID }),
  isUidIfPresent: () => ({ type: ['string', 'null'], ...UID }),
  isText: ([least, most]) => ({ type: 'string', minLength: least, maxLength: most }),
  isTextOrNull: ([most]) => ({ type: ['string', 'null'], maxLength: most }),
  isString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  min: ([minimum]) => ({ minimum }),
  max: ([maximum]) => ({ maximum }),
  isIn: ([values]) => ({ enum: values }),
  isArray: () => ({ type: 'array' }),
  arrayMinSize: ([minItems]) => ({ minItems }),
  arrayMaxSize: ([maxItems]) => ({ maxItems }),
  arrayUnique: () => ({ uniqueItems: true }),
  isObject: () => ({ type: 'object' }),
};

const OPTIONAL = new Set(['isUidIfPresent']);

/**
 * The rules that a class and those that it extends have told class-validator.
 *
 * @param reference to the schema of a class
 * @throws for a rule that has no JSON Schema here: a contract must not leave one out silently
 */
export function ruledProperties(
  type: EventClass,
  reference: (of: EventClass) => Schema,
): readonly RuledProperty[] {
  const metadata = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  return [...Map.groupBy(metadata, ({ propertyName }) => propertyName)].map(([name, rules]) =>
    ruledProperty(type, name, rules, reference),
  );
}

function ruledProperty(
  type: EventClass,
  name: string,
  rules: readonly ValidationMetadata[],
  reference: (of: EventClass) => Schema,
): RuledProperty {
  const holds = objectTypeOf(type, name);
  const condition = conditionOf(type, name)?.schema;
  const own: Schema[] = [];
  const ofElements: Schema[] = [];
  for (const rule of rules) {
    if (rule.type === 'conditionalValidation' && condition) continue;
    if (rule.type === 'nestedValidation' && holds) continue;
    const says = rule.name === undefined ? undefined : SAYS[rule.name];
    if (!says)
      throw new Error(
        `${type.name}.${name}: the contracts know no JSON Schema of the rule ${rule.name ?? rule.type}`,
      );
    (rule.each ? ofElements : own).push(says(rule.constraints ?? []));
  }
  const schema = Object.assign({}, ...own) as Schema;
  const items = Object.assign({}, ...ofElements) as Schema;
  return {
    name,
    schema: holds ? reference(holds) : ofElements.length > 0 ? { ...schema, items } : schema,
    required: !rules.some((rule) => OPTIONAL.has(rule.name ?? '')),
    condition,
    holds,
  };
}
