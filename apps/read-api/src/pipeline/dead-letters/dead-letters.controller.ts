import type { ReadGrant } from '@app/platform';
import { Get, HttpCode, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Grant, NeedsScope, WorkspaceScope } from '../../access/access';
import { Exported } from '../../common/exports/exported';
import { ConflictIs409, NumberParam, ReadController, UnknownIs404 } from '../../common/http/read-controller';
import { ValidBody, ValidQuery } from '../../common/http/validation';
import { RequestedJobDto, RequestedJobsDto } from '../jobs/jobs.dto';
import { showJob } from '../jobs/show-job';
import { DeadLetterRecord, LogRecordDto } from './dead-letter-record';
import { DeadLettersCommands } from './dead-letters.commands';
import {
  DeadLetterDto,
  DeadLetterPageDto,
  DeadLettersQuery,
  DiscardDto,
  ReplayDto,
} from './dead-letters.dto';
import { DeadLettersQueries } from './dead-letters.queries';

const RESOLVED = 'It was replayed or discarded before.';

@ReadController('v1/dead-letters', 'rejected')
@NeedsScope('admin')
export class DeadLettersController {
  constructor(
    private readonly deadLetters: DeadLettersQueries,
    private readonly commands: DeadLettersCommands,
    private readonly records: DeadLetterRecord,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listDeadLetters',
    summary: 'Records that a projection could not apply, with the reason (scope admin)',
  })
  @ApiOkResponse({ type: DeadLetterPageDto })
  @Exported<DeadLetterDto>('dead-letters', [
    'id',
    'projection',
    'generation',
    'position',
    'workspace',
    'eventId',
    'event',
    'reason',
    'createdAt',
    'state',
    'attempts',
    'resolvedAt',
    'resolution',
  ])
  list(@WorkspaceScope() workspace: string | null, @ValidQuery() query: DeadLettersQuery) {
    return this.deadLetters.list(workspace, query);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getDeadLetter', summary: 'One of them (scope admin)' })
  @ApiOkResponse({ type: DeadLetterDto })
  @UnknownIs404()
  get(@WorkspaceScope() workspace: string | null, @NumberParam() id: string): Promise<DeadLetterDto> {
    return this.deadLetters.get(workspace, id);
  }

  @Get(':id/record')
  @ApiOperation({
    operationId: 'getDeadLetterRecord',
    summary: 'Its record as it stands in the log (scope admin)',
    description: 'Read from Kafka; a 404 as well when the log holds it no more.',
  })
  @ApiOkResponse({ type: LogRecordDto })
  @UnknownIs404()
  record(@WorkspaceScope() workspace: string | null, @NumberParam() id: string): Promise<LogRecordDto> {
    return this.records.get(workspace, id);
  }

  @Post('replay')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'replayDeadLetters',
    summary: 'Applies some or all open dead letters again (scope admin)',
  })
  @ApiBody({ type: ReplayDto, required: false })
  @ApiAcceptedResponse({ type: RequestedJobsDto })
  @UnknownIs404()
  @ConflictIs409(RESOLVED)
  async replay(
    @WorkspaceScope() workspace: string | null,
    @Grant() grant: ReadGrant,
    @ValidBody() which: ReplayDto,
  ): Promise<RequestedJobsDto> {
    const jobs = await this.commands.replay(workspace, which, grant);
    return { jobs: jobs.map((job) => showJob(job, grant)) };
  }

  @Post(':id/replay')
  @HttpCode(202)
  @ApiOperation({ operationId: 'replayDeadLetter', summary: 'Applies it once more (scope admin)' })
  @ApiAcceptedResponse({ type: RequestedJobDto })
  @UnknownIs404()
  @ConflictIs409(RESOLVED)
  async replayOne(
    @WorkspaceScope() workspace: string | null,
    @NumberParam() id: string,
    @Grant() grant: ReadGrant,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestedJobDto> {
    const job = await this.commands.replayOne(workspace, id, grant);
    void reply.header('location', `/v1/jobs/${job.id}`);
    return { job: showJob(job, grant), created: true };
  }

  @Post(':id/discard')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'discardDeadLetter',
    summary: 'Gives it up for good, with the reason (scope admin)',
  })
  @ApiBody({ type: DiscardDto })
  @ApiOkResponse({ type: DeadLetterDto })
  @UnknownIs404()
  @ConflictIs409(RESOLVED)
  discard(
    @WorkspaceScope() workspace: string | null,
    @NumberParam() id: string,
    @ValidBody() { reason }: DiscardDto,
  ): Promise<DeadLetterDto> {
    return this.commands.discard(workspace, id, reason);
  }
}
