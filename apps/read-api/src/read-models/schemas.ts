import type { ApiPart, ReadModelApi, ViewColumn } from '@app/engine';
import type { Type } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { anyJson } from '../common/http/stored-json.schema';
import type { Page } from '../common/parameters/page';
import { isPart } from './answer';

/** The words of a name, such as `visited page` or `stuck-jimers`, as the name of a type. */
export const typeName = (words: string): string =>
  words.replace(/(?:^|[^a-zA-Z0-9]+)([a-zA-Z0-9])/g, (_match, letter: string) => letter.toUpperCase());

/** The schema of a row as the API answers it: each column with its sentence. */
export function answerSchema<S>({ item, fields, needs }: ReadModelApi): Type<S> {
  const schema = named<S>(`${typeName(item)}Dto`);
  for (const field of fields) {
    const [name, options] = isPart(field)
      ? [field.part, { type: partSchema(field), nullable: true, description: field.comment }]
      : [field.publicName, optionsOf(field, field.isRequired || needs.includes(field))];
    property(schema, name, options);
  }
  return schema;
}

/** The schema of some columns, without a name: it is part of others. */
export function columnSchema<S>(columns: readonly ViewColumn[]): Type<S> {
  const schema = named<S>('ColumnsDto');
  for (const column of columns) property(schema, column.publicName, optionsOf(column, column.isRequired));
  return schema;
}

export function pageSchema<S>(answer: Type<S>, name = 'PageDto'): Type<Page<S>> {
  const schema = named<Page<S>>(name);
  property(schema, 'items', { type: [answer] });
  property(schema, 'nextCursor', { type: String, nullable: true });
  return schema;
}

const parts = new Map<string, Type<unknown>>();

/** One schema for all parts of its name. Its members say nothing but their types: what they are of, the part says. */
export function partSchema({ schema: name, columns }: Pick<ApiPart, 'schema' | 'columns'>): Type<unknown> {
  const known = parts.get(name);
  if (known) return known;
  const schema = named<unknown>(`${name}Dto`);
  for (const [member, column] of columns)
    property(schema, member, { ...optionsOf({ ...column, comment: '' }, false) });
  parts.set(name, schema);
  return schema;
}

function optionsOf(column: ViewColumn, isRequired: boolean): object {
  const { type, comment, values, example, isList } = column;
  // Nest wants a type; `complete` takes it away.
  if (type.name === 'json' && !isList) return { type: Object, ...anyJson(comment) };
  return {
    ...(isList ? TEXTS : values ? { enum: values } : TYPES[type.name]),
    ...(comment !== '' && { description: comment }),
    ...(!isRequired && { nullable: true }),
    ...(example !== undefined && { example }),
  };
}

const TEXTS = { type: [String] };
const TYPES: Readonly<Record<ViewColumn['type']['name'], object>> = {
  uuid: { type: String, format: 'uuid' },
  text: { type: String },
  uid: { type: String },
  instant: { type: String, format: 'date-time' },
  boolean: { type: Boolean },
  integer: { type: 'integer' },
  json: {},
  date: { type: String, format: 'date' },
  set: TEXTS,
};

function property(schema: Type<unknown>, name: string, options: ApiPropertyOptions): void {
  ApiProperty(options)(schema.prototype as object, name);
}

function named<T>(name: string): Type<T> {
  const type = class {};
  Object.defineProperty(type, 'name', { value: name });
  return type as Type<T>;
}
