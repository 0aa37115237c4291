import fc from 'fast-check';
import type { JsonSchema } from '@app/catalog';

type Json = Record<string, unknown>;

/** For specs: values that a schema takes, and some that it may not: a member is absent or something else at times. */
export function valuesOf(schema: JsonSchema): fc.Arbitrary<Json> {
  return objectsOf(schema, schema['$defs'] as Record<string, JsonSchema>);
}

const other = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    '',
    'x'.repeat(201),
    '🎉'.repeat(101),
    '🎉'.repeat(200),
    'a\ufe0f'.repeat(40),
    1e21,
    -1,
    2.5,
  ),
);

function objectsOf(schema: JsonSchema, parts: Readonly<Record<string, JsonSchema>>): fc.Arbitrary<Json> {
  const conditional = ((schema['allOf'] ?? []) as { readonly then: JsonSchema }[]).map(({ then }) => then);
  const properties = [schema, ...conditional].flatMap((each) =>
    Object.entries(each['properties'] as Record<string, JsonSchema>),
  );
  const members = properties.map(([name, of]) =>
    fc.oneof(
      { arbitrary: valueOf(of, parts).map((value) => [[name, value]]), weight: 30 },
      other.map((value) => [[name, value]]),
      fc.constant([]),
    ),
  );
  return fc.tuple(...members).map((each) => Object.fromEntries(each.flat()) as Json);
}

function valueOf(schema: JsonSchema, parts: Readonly<Record<string, JsonSchema>>): fc.Arbitrary<unknown> {
  const { $ref, type, pattern, items, minimum } = schema as Json & { $ref?: string; type?: unknown };
  if ($ref !== undefined) return objectsOf(parts[$ref.slice('#/$defs/'.length)]!, parts);
  if (schema['const'] !== undefined) return fc.constant(schema['const']);
  if (schema['enum']) return fc.constantFrom(...(schema['enum'] as unknown[]));
  if (pattern !== undefined) return fc.uuid();
  const types = Array.isArray(type) ? (type as unknown[]) : [type];
  return fc.oneof(...types.map((each) => ofType(each, items as JsonSchema, minimum as number, parts)));
}

function ofType(
  type: unknown,
  items: JsonSchema | undefined,
  minimum: number | undefined,
  parts: Readonly<Record<string, JsonSchema>>,
): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: minimum ?? 0 });
    case 'array':
      return fc.uniqueArray(valueOf(items ?? {}, parts), { maxLength: 3 });
    case 'string':
      return fc.string({ minLength: 1, maxLength: 60, unit: 'binary' });
    case 'object':
      return fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }));
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}
