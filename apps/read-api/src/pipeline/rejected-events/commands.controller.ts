import type { RejectionKind } from '@app/catalog';
import type { ReadGrant } from '@app/platform';
import { HttpCode, Post, type Type } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOperation } from '@nestjs/swagger';
import { Grant, NeedsScope, WorkspaceScope } from '../../access/access';
import { ConflictIs409, ReadController, UnknownIs404, UuidParam } from '../../common/http/read-controller';
import { ValidBody } from '../../common/http/validation';
import { Reads } from '../../common/read-your-writes/positions';
import { DiscardDto } from '../dead-letters/dead-letters.dto';
import {
  DiscardedEventDto,
  DiscardedEventsDto,
  DiscardRejectedEventsDto,
  ReplayedEventDto,
  ReplayOutcomesDto,
  ReplayRejectedEventsDto,
} from './commands.dto';
import { RejectedEventsCommands } from './rejected-events.commands';

const STILL_NOT =
  'It would not be accepted now either: `problems` says why, and nothing was appended. Or it was discarded before.';

const DISCARDED = 'Some were discarded before: `problems` says which, and nothing was appended.';

const RESOLVED = 'It was replayed or discarded before: nothing was appended.';

/** The commands of one of the two lists, under names of its own. */
function commandsOf(kind: RejectionKind, called: string): Type<unknown> {
  @ReadController(`v1/${kind}`, 'rejected')
  @Reads('set-aside')
  @NeedsScope('admin')
  class RejectedEventsCommandsController {
    constructor(private readonly commands: RejectedEventsCommands) {}

    @Post('replay')
    @HttpCode(202)
    @ApiOperation({
      operationId: `replay${called}Events`,
      summary: 'Takes several as the gateway would take them now; those that it would not stay (scope admin)',
    })
    @ApiBody({ type: ReplayRejectedEventsDto })
    @ApiAcceptedResponse({ type: ReplayOutcomesDto })
    @UnknownIs404()
    @ConflictIs409(DISCARDED)
    async replay(
      @WorkspaceScope() workspace: string | null,
      @Grant() grant: ReadGrant,
      @ValidBody() which: ReplayRejectedEventsDto,
    ): Promise<ReplayOutcomesDto> {
      return this.commands.replay(kind, workspace, which, grant);
    }

    @Post('discard')
    @HttpCode(202)
    @ApiOperation({
      operationId: `discard${called}Events`,
      summary: 'Gives several up, with the reason; they stay in the log (scope admin)',
    })
    @ApiBody({ type: DiscardRejectedEventsDto })
    @ApiAcceptedResponse({ type: DiscardedEventsDto })
    @UnknownIs404()
    @ConflictIs409(RESOLVED)
    async discard(
      @WorkspaceScope() workspace: string | null,
      @Grant() grant: ReadGrant,
      @ValidBody() which: DiscardRejectedEventsDto,
    ): Promise<DiscardedEventsDto> {
      return this.commands.discard(kind, workspace, which, grant);
    }

    @Post(':id/replay')
    @HttpCode(202)
    @ApiOperation({
      operationId: `replay${called}`,
      summary: 'Takes the event as the gateway would take it now (scope admin)',
    })
    @ApiAcceptedResponse({ type: ReplayedEventDto })
    @UnknownIs404()
    @ConflictIs409(STILL_NOT)
    replayOne(
      @WorkspaceScope() workspace: string | null,
      @UuidParam('id') id: string,
      @Grant() grant: ReadGrant,
    ): Promise<ReplayedEventDto> {
      return this.commands.replayOne(kind, workspace, id, grant);
    }

    @Post(':id/discard')
    @HttpCode(202)
    @ApiOperation({
      operationId: `discard${called}`,
      summary: 'Gives the event up, with the reason; it stays in the log (scope admin)',
    })
    @ApiBody({ type: DiscardDto })
    @ApiAcceptedResponse({ type: DiscardedEventDto })
    @UnknownIs404()
    @ConflictIs409(RESOLVED)
    discardOne(
      @WorkspaceScope() workspace: string | null,
      @UuidParam('id') id: string,
      @Grant() grant: ReadGrant,
      @ValidBody() { reason }: DiscardDto,
    ): Promise<DiscardedEventDto> {
      return this.commands.discardOne(kind, workspace, id, reason, grant);
    }
  }

  return RejectedEventsCommandsController;
}

export const QuarantinedCommandsController = commandsOf('quarantine', 'Quarantined');

export const UnrecognizedCommandsController = commandsOf('unrecognized', 'Unrecognized');
