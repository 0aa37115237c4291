import type { AnyReadModel, ReadModel, ReadModelApi, ViewColumn } from '@app/engine';
import type { Type } from '@nestjs/common';
import type { ReadDatabase } from '../common/database/read-database';
import { selectList } from '../common/database/select';
import { Parameters, whereAll } from '../common/database/statement';
import type { ExportColumn } from '../common/exports/exported';
import { pageOf, type Page } from '../common/parameters/page';
import { csvColumns, isPart, showing } from './answer';
import { conditionOf } from './conditions';
import { keysetOf, pageStatement, type Keyset } from './keyset';
import { queryOf, type ListQuery } from './list-query';
import { answerSchema, pageSchema, partSchema, typeName } from './schemas';

type Database = Pick<ReadDatabase, 'planned'>;

/**
 * The rows of a read model as the API answers them: everything that follows from the `api` that its model declares.
 *
 * @typeParam R a row of the view
 * @typeParam S a row as it is answered
 */
export class Resource<R extends object = object, S extends object = object> {
  readonly api: ReadModelApi;
  readonly view: string;
  /** From a row of `select` to the row as it is answered. */
  readonly show: (row: R) => S;
  readonly Answer: Type<S>;
  readonly Page: Type<Page<S>>;
  readonly Query: Type<ListQuery>;
  readonly csv: readonly ExportColumn<S>[];
  private readonly selected: readonly ViewColumn[];
  private readonly keyset: Keyset;

  constructor(model: ReadModel<unknown, R, S>) {
    const { name, api } = model;
    if (!api) throw new Error(`read model ${name} declares no api`);
    this.api = api;
    this.view = `read_models.${name}`;
    this.show = showing<R, S>(api);
    this.Answer = answerSchema<S>(api);
    this.Page = pageSchema(this.Answer, `${typeName(api.item)}PageDto`);
    this.Query = queryOf(api.filters);
    this.csv = csvColumns<S>(api);
    this.selected = selectedBy(api);
    this.keyset = keysetOf(api.path, api.order);
  }

  /** The select list: what is shown, and the place in the list. */
  select(alias: string): string {
    return selectList(this.selected, alias);
  }

  /** @throws {Problem} 400 naming `cursor` */
  async list(database: Database, workspace: string | null, query: ListQuery): Promise<Page<S>> {
    const { api, keyset, view } = this;
    const after = keyset.cursor.decode(query.cursor);
    const parameters = new Parameters();
    const alias = 'r';
    const conditions = [...this.shown(alias), ...this.filters(query, alias, parameters)];
    const { limit } = query;
    const page = {
      ...{ view, alias, select: this.select(alias) },
      ...{ conditions, workspace, limit, after },
    };
    const sql = pageStatement(api.order, page, parameters);
    const rows = await database.planned<R>(sql, parameters.values);
    return pageOf(rows, limit, keyset.cursor, (row) => keyset.keyOf(row as never), this.show);
  }

  /** The row of a key in each workspace that has it; two at most. */
  async find(database: Database, key: string, workspace: string | null): Promise<S[]> {
    const parameters = new Parameters();
    const rows = await database.planned<R>(this.findSql(parameters, key, workspace), parameters.values);
    return rows.map(this.show);
  }

  /** SQL of `find`, for statements around it: rows as `show` takes them. */
  findSql(parameters: Parameters, key: string, workspace: string | null): string {
    const conditions = [
      `r.${this.keyColumn.sqlName} = ${parameters.add(key)}`,
      ...parameters.inWorkspace('r', workspace),
      ...this.shown('r'),
    ];
    return `SELECT ${this.select('r')} FROM ${this.view} AS r ${whereAll(conditions)} LIMIT 2`;
  }

  /** The rows of some keys in some workspaces, in any order. */
  async several(database: Database, workspaces: readonly string[], keys: readonly string[]): Promise<S[]> {
    const conditions = ['r.workspace = ANY($1)', `r.${this.keyColumn.sqlName} = ANY($2)`, ...this.shown('r')];
    const rows = await database.planned<R>(
      `SELECT ${this.select('r')} FROM ${this.view} AS r ${whereAll(conditions)}`,
      [workspaces, keys],
    );
    return rows.map(this.show);
  }

  /** The schema of a part of the answer. */
  partSchema(name: string): Type<unknown> {
    const found = this.api.fields.find((field) => isPart(field) && field.part === name);
    if (!found || !isPart(found)) throw new Error(`${this.api.path} has no part ${name}`);
    return partSchema(found);
  }

  /** The one column of the key beside the workspace. */
  get keyColumn(): ViewColumn {
    return this.api.key[0]!;
  }

  /** The condition of one filter in a statement of its own. */
  filter(name: string, value: unknown, alias: string, parameters: Parameters): string {
    const filter = this.api.filters.find((each) => each.name === name);
    if (!filter) throw new Error(`${this.api.path} has no filter ${name}`);
    return conditionOf(filter, value, alias, parameters);
  }

  private filters(query: ListQuery, alias: string, parameters: Parameters): string[] {
    return this.api.filters.flatMap((filter) => {
      const value = query[filter.name];
      return value === undefined ? [] : [conditionOf(filter, value, alias, parameters)];
    });
  }

  /** The conditions of every row that is shown. */
  shown(alias: string): string[] {
    return this.api.needs.map(({ sqlName }) => `${alias}.${sqlName} IS NOT NULL`);
  }
}

function selectedBy({ fields, order, needs }: ReadModelApi): readonly ViewColumn[] {
  const shown = fields.flatMap((field) =>
    isPart(field) ? field.columns.map(([, column]) => column) : [field],
  );
  return [...new Set([...shown, ...order.columns, ...needs])];
}

const known = new Map<AnyReadModel, Resource>();

/** There is one for each read model, and so one of its schemas. */
export function resourceOf<R extends object, S extends object>(
  model: ReadModel<unknown, R, S>,
): Resource<R, S> {
  const resource = (known.get(model) as Resource<R, S> | undefined) ?? new Resource(model);
  known.set(model, resource as unknown as Resource);
  return resource;
}
