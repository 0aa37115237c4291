import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { NeedsScope, WorkspaceScope } from '../../access/access';
import { Exported } from '../../common/exports/exported';
import { ReadController } from '../../common/http/read-controller';
import { ValidQuery } from '../../common/http/validation';
import { Reads } from '../../common/read-your-writes/positions';
import {
  RejectedEventsPageDto,
  RejectedEventsQuery,
  RejectedEventsSummaryDto,
  RejectedEventsSummaryQuery,
  type RejectedEventDto,
} from './rejected-events.dto';
import { RejectedEventsQueries } from './rejected-events.queries';

const REJECTED_EVENT_COLUMNS = [
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
] as const satisfies (keyof RejectedEventDto)[];

@ReadController('v1', 'rejected')
@Reads('set-aside')
@NeedsScope('admin')
export class RejectedEventsController {
  constructor(private readonly events: RejectedEventsQueries) {}

  @Get('quarantine')
  @ApiOperation({
    operationId: 'listQuarantined',
    summary: 'Events whose payload failed validation, with the reasons (scope admin)',
  })
  @ApiOkResponse({ type: RejectedEventsPageDto })
  @Exported<RejectedEventDto>('quarantine', REJECTED_EVENT_COLUMNS)
  quarantine(@WorkspaceScope() workspace: string | null, @ValidQuery() query: RejectedEventsQuery) {
    return this.events.list('quarantine', workspace, query);
  }

  @Get('quarantine/summary')
  @ApiOperation({
    operationId: 'summarizeQuarantined',
    summary: 'How many quarantined events there are, by name and problem (scope admin)',
  })
  @ApiOkResponse({ type: RejectedEventsSummaryDto })
  quarantineSummary(
    @WorkspaceScope() workspace: string | null,
    @ValidQuery() query: RejectedEventsSummaryQuery,
  ) {
    return this.events.summary('quarantine', workspace, query);
  }

  @Get('unrecognized')
  @ApiOperation({
    operationId: 'listUnrecognized',
    summary: 'Events of a kind that is not in the catalogue (scope admin)',
  })
  @ApiOkResponse({ type: RejectedEventsPageDto })
  @Exported<RejectedEventDto>('unrecognized', REJECTED_EVENT_COLUMNS)
  unrecognized(@WorkspaceScope() workspace: string | null, @ValidQuery() query: RejectedEventsQuery) {
    return this.events.list('unrecognized', workspace, query);
  }

  @Get('unrecognized/summary')
  @ApiOperation({
    operationId: 'summarizeUnrecognized',
    summary: 'How many unrecognized events there are, by name and problem (scope admin)',
  })
  @ApiOkResponse({ type: RejectedEventsSummaryDto })
  unrecognizedSummary(
    @WorkspaceScope() workspace: string | null,
    @ValidQuery() query: RejectedEventsSummaryQuery,
  ) {
    return this.events.summary('unrecognized', workspace, query);
  }
}
