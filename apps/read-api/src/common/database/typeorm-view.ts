import type { ColumnType, ReadModel } from '@app/engine';
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';

/** Where the stable views of all read models are (engine-postgres). */
const SCHEMA = 'read_models';

/** TypeORM's view of a declared read model, derived from the declaration. */
export function viewOf<R extends object>(table: ReadModel<unknown, R>): EntitySchema<R> {
  const keys = new Set<string>(table.keys.map(({ name }) => name));
  const all = [...table.columns, ...table.generated, ...table.viewColumns];
  return entity(
    table.name,
    all.map(({ name, sqlName, type }) => column(name, sqlName, SQL_TYPES[type.name], keys.has(name))),
  );
}

type SqlType = 'uuid' | 'text' | 'timestamptz' | 'boolean' | 'int8' | 'json' | 'date';

const SQL_TYPES: Readonly<Record<ColumnType<unknown>['name'], SqlType>> = {
  uuid: 'uuid',
  text: 'text',
  uid: 'text',
  instant: 'timestamptz',
  boolean: 'boolean',
  integer: 'int8',
  json: 'json',
  date: 'date',
  set: 'text',
};

type NamedColumn = readonly [name: string, options: EntitySchemaColumnOptions];

function column(property: string, name: string, type: SqlType, primary: boolean): NamedColumn {
  return [property, { name, type, primary, nullable: !primary }];
}

function entity<R extends object>(name: string, columns: readonly NamedColumn[]): EntitySchema<R> {
  return new EntitySchema<R>({
    name,
    tableName: name,
    schema: SCHEMA,
    synchronize: false,
    columns: Object.fromEntries(columns) as never,
  });
}
