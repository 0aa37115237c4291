import type { AnyReadModel, Projection, ReadModel } from '@app/engine';
import { Get, type Type } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { WorkspaceScope } from '../access/access';
import { ReadDatabase } from '../database/read-database';
import { Exported, type ExportColumn } from '../exports/exported';
import { ReadController, UidParam, UnknownIs404, UuidParam } from '../http/read-controller';
import { ValidQuery } from '../http/validation';
import { Reads } from '../read-your-writes/positions';
import type { RowsQuery } from './filters';
import { onlyOne } from './only-one';
import { rowsOf, type Rows } from './rows';
import { typeName } from './schemas';

/**
 * The controllers of all read models that say what they can be asked.
 *
 * @param csv columns of exports that people read, where those of the answer will not do
 */
export function rowControllers(
  projections: readonly Pick<Projection<never>, 'name' | 'tables'>[],
  csv: ReadonlyMap<AnyReadModel, readonly ExportColumn<never>[]>,
): Type[] {
  return projections.flatMap(({ name, tables }) =>
    tables
      .filter((table) => table.asked !== null)
      .flatMap((table) => {
        const rows = rowsOf(table as ReadModel<unknown, object, object>);
        const list = listController(rows, name, csv.get(table) ?? rows.csv);
        const { get } = rows.asked;
        return get === null ? [list] : [list, getController(rows, name, get)];
      }),
  );
}

function listController(rows: Rows, projection: string, csv: readonly ExportColumn<never>[]): Type {
  const { path, list } = rows.asked;

  @ReadController(`v1/${path}`, path)
  @Reads(projection)
  class ListController {
    constructor(private readonly database: ReadDatabase) {}

    @Get()
    @ApiOperation({ operationId: `list${typeName(path)}`, summary: list })
    @ApiOkResponse({ type: rows.Page })
    @Exported(path, csv)
    list(@WorkspaceScope() workspace: string | null, @ValidQuery() query: RowsQuery) {
      return rows.list(this.database, workspace, query);
    }
  }
  // Nest takes a parameter's class from here, where TypeScript has written that of a type.
  Reflect.defineMetadata('design:paramtypes', [Object, rows.Query], ListController.prototype, 'list');
  return ListController;
}

function getController(rows: Rows, projection: string, summary: string): Type {
  const { path, item } = rows.asked;
  const { publicName, type } = rows.keyColumn;
  const Key = type.name === 'uuid' ? UuidParam : UidParam;

  @ReadController(`v1/${path}`, path)
  @Reads(projection)
  class GetController {
    constructor(private readonly database: ReadDatabase) {}

    @Get(`:${publicName}`)
    @ApiOperation({ operationId: `get${typeName(item)}`, summary })
    @ApiOkResponse({ type: rows.Answer })
    @UnknownIs404()
    async get(@WorkspaceScope() workspace: string | null, @Key(publicName) key: string): Promise<object> {
      return onlyOne(await rows.find(this.database, key, workspace), item, publicName);
    }
  }
  return GetController;
}
