import type { AnyReadModel, ColumnType, ReadModel } from '@app/engine';
import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';

/** Where the stable views of all read models are (engine-postgres). */
const SCHEMA = 'read_models';

/**
 * A row of a read model's view: times in epoch milliseconds, JSON as its text. What no event said is null.
 * The workspace is always there, and is the first part of every key.
 */
export type ViewRow<T> =
  T extends ReadModel<infer V>
    ? { readonly workspace: string } & {
        readonly [P in keyof V]-?: undefined extends V[P] ? Exclude<V[P], undefined> | null : V[P];
      }
    : never;

/**
 * TypeORM's view of a declared read model, derived from the declaration.
 *
 * @typeParam X columns that the view has beyond the declared ones (generated, or of the view alone)
 */
export function viewOf<T extends AnyReadModel, X extends object = object>(
  table: T,
): EntitySchema<ViewRow<T> & X> {
  const columns = table.columns.map(({ name, sqlName, type, role }) =>
    column(name, sqlName, SQL_TYPES[type.name], role.kind === 'key'),
  );
  const derived = [...table.generated, ...table.viewColumns].map(({ sqlName, type }) =>
    column(camelCase(sqlName), sqlName, type as SqlType, false),
  );
  return entity(table.name, [...columns, ...derived]);
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

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
