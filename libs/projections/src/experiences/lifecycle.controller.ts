import { Exported, ReadController, Reads, ValidQuery, WorkspaceScope } from '@app/platform';
import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { LIFECYCLE_COLUMNS } from './experiences.export';
import { type LifecycleEventDto, LifecyclePageDto, LifecycleQuery } from './lifecycle.dto';
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
