import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { propertiesOf } from './class-metadata';
import type { EventDefinition } from './events/definition';
import { compileRules, type CompiledRules } from './compiled-rules';
import { isJsonObject, type Problem } from './rules';

/** As many as a record's header or an answer tells. */
export const MAX_PROBLEMS = 20;

const passesOf = new Map<EventDefinition['type'], CompiledRules>();

/**
 * What keeps a catalogued event from being applied, by the event's class; empty when nothing does.
 *
 * @param time of the event in epoch milliseconds
 */
export function validate(
  definition: EventDefinition,
  payload: Readonly<Record<string, unknown>>,
  time: number,
): readonly Problem[] {
  let passes = passesOf.get(definition.type);
  if (!passes) passesOf.set(definition.type, (passes = compileRules(definition.type)));
  if (passes(payload['time'] === time ? payload : { ...payload, time })) return [];
  return problemsFound(definition, payload, time);
}

/** As validate, by class-validator itself. */
export function problemsFound(
  definition: EventDefinition,
  payload: Readonly<Record<string, unknown>>,
  time: number,
): readonly Problem[] {
  const instance = plainToInstance(definition.type, outline(definition, payload, time));
  const errors = validateSync(instance, {
    stopAtFirstError: true,
    validationError: { target: false, value: false },
  });
  return errors.flatMap((error) => problemsOf(error, '')).slice(0, MAX_PROBLEMS);
}

/**
 * The part of a payload that has rules: of an object that is its uid (catalog.spec.ts holds the classes to it).
 * What else the vendor sends may be of any size, and is not worth copying for every request.
 */
function outline(
  { name, type }: EventDefinition,
  payload: Readonly<Record<string, unknown>>,
  time: number,
): Record<string, unknown> {
  const part: Record<string, unknown> = { event: name, time };
  for (const { name: member, holds } of propertiesOf(type))
    if (holds) part[member] = withUidOnly(payload[member]);
  return part;
}

function withUidOnly(value: unknown): unknown {
  return isJsonObject(value) ? { uid: emptied(value['uid']) } : emptied(value);
}

function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  return isJsonObject(value) ? {} : value;
}

function problemsOf(error: ValidationError, parent: string): Problem[] {
  const path = parent + error.property;
  const [message] = Object.values(error.constraints ?? {});
  if (message !== undefined) return [{ path, message }];
  return (error.children ?? []).flatMap((child) => problemsOf(child, `${path}.`));
}
