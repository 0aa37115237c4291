import { WHAT_SERVES_EXTENSION } from '../common/read-your-writes/positions';
import { SNAPSHOT_NAME } from '@app/engine-postgres';
import { PROBLEM_JSON, problemBody } from '@app/platform';
import type { OpenAPIObject } from '@nestjs/swagger';
import { problemContent } from '../common/http/read-controller';
import { JSON_VALUE, JSON_VALUE_NAME } from '../common/http/stored-json.schema';
import { KNOWN_PARAMETERS } from './known-parameters';

interface Schema {
  type?: string;
  readonly nullable?: boolean;
  readonly allOf?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
}
interface Parameter {
  readonly name: string;
  readonly in?: string;
  readonly required?: boolean;
  description?: string;
  example?: unknown;
  readonly schema?: { readonly type?: string; readonly pattern?: string; readonly example?: unknown };
}
/** Of every read of read models. */
const SNAPSHOT: Parameter = {
  ...{ name: 'snapshot', in: 'query', required: false },
  schema: { type: 'string', pattern: SNAPSHOT_NAME.source },
};

interface Answer {
  readonly description: string;
  content?: Record<string, { schema?: unknown; example?: unknown }>;
}
interface Operation {
  [WHAT_SERVES_EXTENSION]?: boolean;
  parameters?: readonly Parameter[];
  readonly requestBody?: unknown;
  readonly responses: Record<string, Answer>;
}

const TOO_LATE = 'The projections had not passed the positions of `Read-After` within 5 seconds.';

/** Adds what holds for every operation alike and what the decorators cannot say; leaves out what is not the API's. */
export function complete(document: OpenAPIObject): OpenAPIObject {
  // Probes and metrics are for operators. The controllers of those are in every app, most of which have no OpenAPI.
  for (const path of Object.keys(document.paths)) if (!path.startsWith('/v1/')) delete document.paths[path];
  const schemas = document.components!.schemas as unknown as Record<string, Schema>;
  schemas[JSON_VALUE_NAME] = JSON_VALUE as Schema;
  for (const schema of Object.values(schemas))
    for (const property of Object.values(schema.properties ?? {}))
      // Nest adds the type of the TypeScript class. Beside a reference only `nullable` needs one.
      if (property.allOf && !property.nullable) delete property.type;
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(operations) as [string, Operation][]) {
      const { [WHAT_SERVES_EXTENSION]: isOfWhatServes } = operation;
      delete operation[WHAT_SERVES_EXTENSION];
      const reads = operation.parameters?.some(({ name }) => name === 'Read-After');
      if (method === 'get' && reads && !isOfWhatServes && operation.parameters)
        operation.parameters = [...operation.parameters, SNAPSHOT];
      describeParameters(path, operation.parameters ?? []);
      describeErrors(operation);
    }
  return document;
}

function describeParameters(path: string, parameters: readonly Parameter[]): void {
  for (const parameter of parameters) {
    const known = KNOWN_PARAMETERS.find((each) => each.name === parameter.name && each.path.test(path));
    if (!known) continue;
    if (known.example !== undefined && parameter.schema?.example === undefined)
      parameter.example ??= known.example;
    if (known.description !== undefined) parameter.description ??= known.description;
  }
}

function describeErrors({ parameters = [], requestBody, responses }: Operation): void {
  const add = (status: number, description: string) => {
    responses[status] ??= { description, content: problemContent };
  };
  if (parameters.some(({ name }) => name === 'Read-After')) add(504, TOO_LATE);
  if (requestBody !== undefined) {
    add(413, 'The body is too large.');
    add(415, 'The content type must be application/json.');
  }
  for (const [status, answer] of Object.entries(responses)) {
    if (Number(status) < 400) continue;
    const { [PROBLEM_JSON]: content } = answer.content ?? {};
    if (!content || content.example !== undefined) continue;
    answer.content = {
      [PROBLEM_JSON]: { ...content, example: exampleOf(Number(status), answer.description) },
    };
  }
}

function exampleOf(status: number, description: string): object {
  if (status !== 400) return problemBody(status, description);
  const problem = { path: 'limit', message: 'must be a whole number from 1 to 200' };
  return problemBody(status, `${problem.path} ${problem.message}`, [problem]);
}
