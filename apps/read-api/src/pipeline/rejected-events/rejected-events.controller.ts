import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { NeedsScope, WorkspaceScope } from '../../access/access';
import { Exported } from '../../exports/exported';
import { ReadController } from '../../http/read-controller';
import { ValidQuery } from '../../http/validation';
import { Reads } from '../../read-your-writes/positions';
import {
  SetAsidePageDto,
  SetAsideQuery,
  SetAsideSummaryDto,
  SetAsideSummaryQuery,
  type SetAsideDto,
} from './rejected-events.dto';
import { RejectedEventsQueries } from './rejected-events.queries';

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
export class RejectedEventsController {
  constructor(private readonly events: RejectedEventsQueries) {}

  @Get('quarantine')
  @ApiOperation({
    operationId: 'listQuarantined',
    summary: 'Events whose payload failed validation, with the reasons (scope admin)',
  })
  @ApiOkResponse({ type: SetAsidePageDto })
  @Exported<SetAsideDto>('quarantine', SET_ASIDE_COLUMNS)
  quarantine(@WorkspaceScope() workspace: string | null, @ValidQuery() query: SetAsideQuery) {
    return this.events.list('quarantine', workspace, query);
  }

  @Get('quarantine/summary')
  @ApiOperation({
    operationId: 'summarizeQuarantined',
    summary: 'How many quarantined events there are, by name and problem (scope admin)',
  })
  @ApiOkResponse({ type: SetAsideSummaryDto })
  quarantineSummary(@WorkspaceScope() workspace: string | null, @ValidQuery() query: SetAsideSummaryQuery) {
    return this.events.summary('quarantine', workspace, query);
  }

  @Get('unrecognized')
  @ApiOperation({
    operationId: 'listUnrecognized',
    summary: 'Events of a kind that is not in the catalogue (scope admin)',
  })
  @ApiOkResponse({ type: SetAsidePageDto })
  @Exported<SetAsideDto>('unrecognized', SET_ASIDE_COLUMNS)
  unrecognized(@WorkspaceScope() workspace: string | null, @ValidQuery() query: SetAsideQuery) {
    return this.events.list('unrecognized', workspace, query);
  }

  @Get('unrecognized/summary')
  @ApiOperation({
    operationId: 'summarizeUnrecognized',
    summary: 'How many unrecognized events there are, by name and problem (scope admin)',
  })
  @ApiOkResponse({ type: SetAsideSummaryDto })
  unrecognizedSummary(@WorkspaceScope() workspace: string | null, @ValidQuery() query: SetAsideSummaryQuery) {
    return this.events.summary('unrecognized', workspace, query);
  }
}
