import type { AnyReadModel, Projection, ReadModel } from '@app/engine';
import { Get, type Type } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { WorkspaceScope } from '../access/access';
import { ReadDatabase } from '../common/database/read-database';
import { Exported, type ExportColumn } from '../common/exports/exported';
import { onlyOne } from '../common/http/only-one';
import { ReadController, UidParam, UnknownIs404, UuidParam } from '../common/http/read-controller';
import { ValidQuery } from '../common/http/validation';
import { Reads } from '../common/read-your-writes/positions';
import type { ListQuery } from './list-query';
import { resourceOf, type Resource } from './resource';
import { typeName } from './schemas';

/**
 * The controllers of all read models that declare an `api`: a list each, and a single read where they have one.
 *
 * @param csv columns of exports that people read, where those of the answer will not do
 */
export function resourceControllers(
  projections: readonly Pick<Projection<never>, 'name' | 'tables'>[],
  csv: ReadonlyMap<AnyReadModel, readonly ExportColumn<never>[]>,
): Type[] {
  return projections.flatMap(({ name, tables }) =>
    tables
      .filter((table) => table.api !== null)
      .flatMap((table) => {
        const resource = resourceOf(table as ReadModel<unknown, object, object>);
        const list = listController(resource, name, csv.get(table) ?? resource.csv);
        const { get } = resource.api;
        return get === null ? [list] : [list, getController(resource, name, get)];
      }),
  );
}

function listController(resource: Resource, projection: string, csv: readonly ExportColumn<never>[]): Type {
  const { path, list } = resource.api;

  @ReadController(`v1/${path}`, path)
  @Reads(projection)
  class ListController {
    constructor(private readonly database: ReadDatabase) {}

    @Get()
    @ApiOperation({ operationId: `list${typeName(path)}`, summary: list })
    @ApiOkResponse({ type: resource.Page })
    @Exported(path, csv)
    list(@WorkspaceScope() workspace: string | null, @ValidQuery() query: ListQuery) {
      return resource.list(this.database, workspace, query);
    }
  }
  // Nest takes a parameter's class from here, where TypeScript has written that of a type.
  Reflect.defineMetadata('design:paramtypes', [Object, resource.Query], ListController.prototype, 'list');
  return ListController;
}

function getController(resource: Resource, projection: string, summary: string): Type {
  const { path, item } = resource.api;
  const { publicName, type, comment: description } = resource.keyColumn;
  const Key =
    type.name === 'uuid' ? UuidParam(publicName, description) : UidParam(publicName, { description });

  @ReadController(`v1/${path}`, path)
  @Reads(projection)
  class GetController {
    constructor(private readonly database: ReadDatabase) {}

    @Get(`:${publicName}`)
    @ApiOperation({ operationId: `get${typeName(item)}`, summary })
    @ApiOkResponse({ type: resource.Answer })
    @UnknownIs404()
    async get(@WorkspaceScope() workspace: string | null, @Key key: string): Promise<object> {
      return onlyOne(await resource.find(this.database, key, workspace), item, publicName);
    }
  }
  return GetController;
}
