import { ApiProperty } from '@nestjs/swagger';

/** The name of `JSON_VALUE` among the document's schemas. */
export const JSON_VALUE_NAME = 'JsonValue';

const $ref = `#/components/schemas/${JSON_VALUE_NAME}`;

/**
 * Any JSON value, spelled out: a schema that says nothing makes clients that know nothing. Not recursive, since
 * what is generated from it would refer to itself, which TypeScript refuses.
 */
export const JSON_VALUE = {
  description: 'Any JSON value, null included.',
  anyOf: [
    { type: 'string', nullable: true },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'array', items: { description: 'Any JSON value.' } },
    { type: 'object', additionalProperties: true },
  ],
};

/** Such JSON within a schema that is written by hand. */
export const anyJson = (description: string) => ({ description, allOf: [{ $ref }] });

/** A property that is JSON as it was received, of whatever form. */
export const ApiStoredJson = (description: string): PropertyDecorator => ApiProperty(anyJson(description));
