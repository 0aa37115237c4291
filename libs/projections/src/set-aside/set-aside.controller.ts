import { Exported, NeedsScope, ReadController, Reads, ValidQuery, WorkspaceScope } from '@app/platform';
import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { type SetAsideDto, SetAsidePageDto, SetAsideQuery } from './set-aside.dto';
import { SetAsideQueries } from './set-aside.queries';

const SET_ASIDE_COLUMNS = [
  'id',
  'workspace',
  'event',
  'time',
  'receivedAt',
  'problems',
  'payload',
  'replayedAt',
  'acceptedId',
  'replayedPosition',
  'state',
  'discardedAt',
  'discardReason',
] as const satisfies (keyof SetAsideDto)[];

@ReadController('v1', 'set aside')
@Reads('set-aside')
@NeedsScope('admin')
export class SetAsideController {
  constructor(private readonly setAside: SetAsideQueries) {}

  @Get('quarantine')
  @ApiOperation({
    operationId: 'listQuarantined',
    summary: 'Events whose payload failed validation, with the reasons (scope admin)',
  })
  @ApiOkResponse({ type: SetAsidePageDto })
  @Exported<SetAsideDto>('quarantine', SET_ASIDE_COLUMNS)
  quarantine(@WorkspaceScope() workspace: string | null, @ValidQuery() query: SetAsideQuery) {
    return this.setAside.list('quarantine', workspace, query);
  }

  @Get('unrecognized')
  @ApiOperation({
    operationId: 'listUnrecognized',
    summary: 'Events of a kind that is not in the catalogue (scope admin)',
  })
  @ApiOkResponse({ type: SetAsidePageDto })
  @Exported<SetAsideDto>('unrecognized', SET_ASIDE_COLUMNS)
  unrecognized(@WorkspaceScope() workspace: string | null, @ValidQuery() query: SetAsideQuery) {
    return this.setAside.list('unrecognized', workspace, query);
  }
}
