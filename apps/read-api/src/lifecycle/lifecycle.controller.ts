import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { WorkspaceScope } from '../access/access';
import { Exported } from '../common/exports/exported';
import { ReadController } from '../common/http/read-controller';
import { ValidQuery } from '../common/http/validation';
import { Reads } from '../common/read-your-writes/positions';
import { LIFECYCLE_COLUMNS, LifecyclePageDto, LifecycleQuery, type LifecycleEventDto } from './lifecycle.dto';
import { LifecycleQueries } from './lifecycle.queries';

@ReadController('v1/lifecycle', 'experiences')
@Reads('experiences')
export class LifecycleController {
  constructor(private readonly lifecycle: LifecycleQueries) {}

  @Get()
  @ApiOperation({
    operationId: 'listLifecycle',
    summary: 'What the team did to all experiences, newest first, with the status after each event',
  })
  @ApiOkResponse({ type: LifecyclePageDto })
  @Exported<LifecycleEventDto>('lifecycle', LIFECYCLE_COLUMNS)
  list(@WorkspaceScope() workspace: string | null, @ValidQuery() query: LifecycleQuery) {
    return this.lifecycle.list(workspace, query);
  }
}
