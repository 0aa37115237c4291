import { getMetadataStorage } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata';
import { type DeclaredProperty, type EventClass, propertiesOf } from './class-metadata';
import { isJsonObject } from './rules';

/**
 * Whether class-validator would find nothing wrong with a value. False tells nothing: class-validator decides,
 * and finds the words.
 */
export type CompiledRules = (value: Readonly<Record<string, unknown>>) => boolean;

type Rule = (object: Readonly<Record<string, unknown>>, value: unknown) => boolean;

interface Property {
  readonly name: string;
  /** As of ValidateIf: unless all hold, nothing is asked of the property. */
  readonly conditions: readonly Rule[];
  readonly rules: readonly Rule[];
}

const NEVER: CompiledRules = () => false;

/**
 * A class's rules in one function over plain JSON, read from what its decorators told class-validator and made
 * of the same validators. class-validator itself looks its rules up for every object, and needs an instance of
 * the class: 14 µs for an event, of which this leaves less than one (docs/performance.md).
 */
export function compileRules(type: EventClass): CompiledRules {
  const properties = propertiesOf(type).filter(({ rules }) => rules.length > 0);
  const compiled = properties.map(compileProperty);
  // Without a rule, class-validator refuses every instance.
  if (compiled.length === 0 || compiled.includes(null)) return NEVER;
  const all = compiled as readonly Property[];
  return (object) => {
    for (const { name, conditions, rules } of all) {
      const value = object[name];
      if (conditions.every((holds) => holds(object, value)) && !rules.every((holds) => holds(object, value)))
        return false;
    }
    return true;
  };
}

/** Null when it has a rule of a kind that this does not know. */
function compileProperty({ name, rules: metadata, holds }: DeclaredProperty): Property | null {
  const conditions: Rule[] = [];
  const rules: Rule[] = [];
  for (const rule of metadata) {
    if (rule.each || rule.validateIf !== undefined) return null;
    if (rule.type === 'conditionalValidation') conditions.push(rule.constraints[0] as Rule);
    else if (rule.type === 'nestedValidation') rules.push(nested(holds));
    else if (rule.type === 'customValidation') rules.push(...custom(rule));
    else return null;
  }
  return { name, conditions, rules };
}

function nested(type: EventClass | undefined): Rule {
  const passes = type === undefined ? NEVER : compileRules(type);
  return (_object, value) => isJsonObject(value) && passes(value);
}

function custom({ constraintCls }: ValidationMetadata): Rule[] {
  return getMetadataStorage()
    .getTargetValidatorConstraints(constraintCls)
    .map(({ async, instance }) =>
      async
        ? () => false
        : // The validators of ./rules look at the value alone.
          (_object, value) => instance.validate(value) === true,
    );
}
