import { contextOf, type JsonSchema } from '@app/catalog';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata';

/**
 * JSON Schema of what each of class-validator's own validators takes; those of the catalogue say it themselves. Only
 * keywords that mean the same in draft 7, which AsyncAPI is written in, and in 2020-12; no `format`, which validators
 * may ignore.
 */
const SAYS: Readonly<Record<string, (constraint: unknown) => JsonSchema>> = {
  isString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isInt: () => ({ type: 'integer' }),
  min: (minimum) => ({ minimum }),
  max: (maximum) => ({ maximum }),
  isIn: (values) => ({ enum: values }),
  isArray: () => ({ type: 'array' }),
  arrayMinSize: (minItems) => ({ minItems }),
  arrayMaxSize: (maxItems) => ({ maxItems }),
  arrayUnique: () => ({ uniqueItems: true }),
};

/** @throws for a rule that has no JSON Schema: a contract must not leave one out silently */
export function schemaOfRule(property: string, rule: ValidationMetadata): JsonSchema {
  const schema = contextOf(rule).schema ?? SAYS[rule.name ?? '']?.(rule.constraints?.[0]);
  if (schema) return schema;
  throw new Error(`the contracts know no JSON Schema of the rule ${rule.name ?? rule.type} of ${property}`);
}
