import {
  CATALOG,
  contextOf,
  type DeclaredProperty,
  docOf,
  type EventClass,
  JimoEvent,
  type JsonSchema,
  SYSTEM_EVENTS,
  propertiesOf,
} from '@app/catalog';
import { schemaOfRule } from './rule-schema';

/** Where a schema's parts are: beside it in a file of its own, or all together in the AsyncAPI document. */
export type Reference = (name: string) => string;

export interface EventSchema {
  readonly event: string;
  readonly schema: JsonSchema;
  /** The objects that it refers to, by name. */
  readonly parts: ReadonlyMap<string, JsonSchema>;
}

/** The years 1 to 9999, in epoch milliseconds. */
const TIME = {
  minimum: Date.parse('0001-01-01T00:00:00.000Z'),
  maximum: Date.parse('9999-12-31T23:59:59.999Z'),
};
const TIME_SCHEMA = { type: 'integer', ...TIME, description: 'When it happened, in epoch milliseconds.' };

/** JSON Schemas of the values of the topics' records, of every event by name, made of the classes that validate them. */
export function schemasOfEvents(reference: Reference): readonly EventSchema[] {
  return [...Object.values(CATALOG), ...SYSTEM_EVENTS].map(({ name, type }) =>
    eventSchema(name, type, { event: { const: name } }, reference),
  );
}

/** The schema of what any event has, be it invalid or unknown to the catalogue. */
export function schemaOfAnyEvent(reference: Reference): EventSchema {
  return eventSchema('any event', JimoEvent, {}, reference);
}

function eventSchema(
  event: string,
  type: EventClass,
  named: Readonly<Record<string, JsonSchema>>,
  reference: Reference,
): EventSchema {
  const parts = new Map<string, JsonSchema>();
  const partOf = (part: EventClass): JsonSchema => {
    // Set first: a class may hold another of its kind.
    if (!parts.has(part.name)) {
      parts.set(part.name, {});
      parts.set(part.name, classSchema(part.name, part, partOf));
    }
    return { $ref: reference(part.name) };
  };
  const schema = classSchema(event, type, partOf, { ...named, time: TIME_SCHEMA });
  return { event, schema, parts };
}

/** @param fixed members whose schema is known better than the class's rules say it */
function classSchema(
  title: string,
  type: EventClass,
  partOf: (part: EventClass) => JsonSchema,
  fixed: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  const description = docOf(type);
  const properties: Record<string, JsonSchema> = { ...fixed };
  const required = Object.keys(fixed);
  const conditional: JsonSchema[] = [];
  // The objects of the class itself stand before the inherited ones, the members after them.
  for (const { holds, inherited } of propertiesOf(type)) if (holds && !inherited) partOf(holds);
  for (const property of propertiesOf(type)) {
    const { name, rules, condition, holds } = property;
    if (name in fixed) continue;
    // In draft 7 what stands beside a `$ref` is ignored: nothing is said twice.
    const schema = holds ? partOf(holds) : described(property);
    if (condition) {
      conditional.push({ if: condition, then: { required: [name], properties: { [name]: schema } } });
      continue;
    }
    properties[name] = schema;
    if (rules.length > 0 && !rules.some((rule) => contextOf(rule).optional)) required.push(name);
  }
  return {
    title,
    ...(description !== undefined && { description }),
    type: 'object',
    ...(required.length > 0 && { required }),
    properties,
    ...(conditional.length > 0 && { allOf: conditional }),
  };
}

/** A property without a rule takes anything; its schema says what is usually there. */
function described({ name, doc, rules, usually }: DeclaredProperty): JsonSchema {
  const description = doc !== undefined && { description: doc };
  if (rules.length === 0) return { ...description, ...(usually && { anyOf: [usually, true] }) };
  const [ofElements, own] = [true, false].map((each) =>
    rules.filter((rule) => rule.each === each).map((rule) => schemaOfRule(name, rule)),
  );
  const items = ofElements!.length > 0 && { items: Object.assign({}, ...ofElements!) as JsonSchema };
  return { ...(Object.assign({}, ...own!) as JsonSchema), ...items, ...description };
}
