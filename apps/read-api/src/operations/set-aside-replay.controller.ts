import {
  Grant,
  NeedsScope,
  ReadController,
  Reads,
  UnknownIs404,
  UuidParam,
  WorkspaceScope,
  type ReadGrant,
} from '@app/platform';
import { HttpCode, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation } from '@nestjs/swagger';
import { ConflictIs409 } from './conflict';
import { SetAsideReplay } from './set-aside-replay';
import { ReplayedEventDto } from './set-aside-replay.dto';

const STILL_NOT = 'It would not be accepted now either: `problems` says why, and nothing was appended.';

@ReadController('v1', 'set aside')
@Reads('set-aside')
@NeedsScope('admin')
export class SetAsideReplayController {
  constructor(private readonly setAside: SetAsideReplay) {}

  @Post('quarantine/:id/replay')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'replayQuarantined',
    summary: 'Takes the event as the gateway would take it now (scope admin)',
  })
  @ApiAcceptedResponse({ type: ReplayedEventDto })
  @UnknownIs404()
  @ConflictIs409(STILL_NOT)
  quarantined(
    @WorkspaceScope() workspace: string | null,
    @UuidParam('id') id: string,
    @Grant() grant: ReadGrant,
  ): Promise<ReplayedEventDto> {
    return this.setAside.replay('quarantine', workspace, id, grant);
  }

  @Post('unrecognized/:id/replay')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'replayUnrecognized',
    summary: 'Takes the event as the gateway would take it now (scope admin)',
  })
  @ApiAcceptedResponse({ type: ReplayedEventDto })
  @UnknownIs404()
  @ConflictIs409(STILL_NOT)
  unrecognized(
    @WorkspaceScope() workspace: string | null,
    @UuidParam('id') id: string,
    @Grant() grant: ReadGrant,
  ): Promise<ReplayedEventDto> {
    return this.setAside.replay('unrecognized', workspace, id, grant);
  }
}
