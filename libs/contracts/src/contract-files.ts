import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonSchema } from '@app/catalog';
import { asyncApi } from './asyncapi';
import { type EventSchema, schemasOfEvents } from './event-schema';
import { exampleRecords } from './examples';

export const CONTRACTS_FOLDER = 'contracts';
const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

/** A schema as a document of its own. */
export function schemaDocument({ event, schema, parts }: EventSchema): JsonSchema {
  return {
    $schema: DRAFT,
    $id: `urn:jimo-webhooks:event:${event}`,
    ...schema,
    ...(parts.size > 0 && { $defs: Object.fromEntries(parts) }),
  };
}

/** The JSON Schema of every event, by name. */
export function eventSchemas(): ReadonlyMap<string, JsonSchema> {
  const schemas = schemasOfEvents((name) => `#/$defs/${name}`);
  return new Map(schemas.map((each) => [each.event, schemaDocument(each)]));
}

/**
 * What `contracts/` holds, made of the code: texts by path.
 *
 * @param root the checkout
 */
export function contractFiles(root: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [event, schema] of eventSchemas()) files.set(`schemas/${event}.json`, jsonText(schema));
  files.set('asyncapi.json', jsonText(asyncApi(exampleRecords(), versionOf(root))));
  return files;
}

export function versionOf(root: string): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
}

export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
