import { GenerationMismatch, pauseProjection, resumeProjection, type JobKind } from '@app/engine-postgres';
import { badParameter, notFound, type ReadGrant } from '@app/platform';
import { Delete, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ActsOnAllWorkspaces, callerOf, Grant, NeedsScope } from '../../access/access';
import { CommandDatabase } from '../../common/database/command-database';
import { conflict, ConflictIs409, ReadController, UnknownIs404 } from '../../common/http/read-controller';
import { ValidBody } from '../../common/http/validation';
import { JobAnswerDto, RequestedJobDto } from '../jobs/jobs.dto';
import { showJob } from '../jobs/show-job';
import { PauseDto, ProjectionDto, RepairDto } from './projections.dto';
import { declared, ProjectionsQueries } from './projections.queries';
import { rollBackOrAsk } from './rollback';

const NOT_BUILT = 'The projection is not built yet.';

/** What is done to a projection as a whole; the long work is a job that a projector does. */
@ReadController('v1/projections/:name', 'operations', 'all workspaces')
@NeedsScope('admin')
@ActsOnAllWorkspaces()
export class ProjectionCommandsController {
  constructor(
    private readonly commands: CommandDatabase,
    private readonly projections: ProjectionsQueries,
  ) {}

  @Post('rebuild')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'rebuildProjection',
    summary: 'Builds a new generation from the log beside the one that serves (scope admin)',
  })
  @ApiAcceptedResponse({ type: RequestedJobDto })
  @UnknownIs404()
  rebuild(
    @Param('name') name: string,
    @Grant() grant: ReadGrant,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestedJobDto> {
    return this.request(name, 'rebuild', grant, reply);
  }

  @Delete('rebuild')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'cancelRebuild',
    summary: 'Asks for the rebuild that is under way to be given up (scope admin)',
  })
  @ApiAcceptedResponse({ type: JobAnswerDto })
  @UnknownIs404()
  cancelRebuild(@Param('name') name: string, @Grant() grant: ReadGrant): Promise<JobAnswerDto> {
    return this.cancel(name, 'rebuild', grant);
  }

  @Post('verify')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'verifyProjection',
    summary: 'Compares the tables with the log (scope admin)',
  })
  @ApiAcceptedResponse({ type: RequestedJobDto })
  @UnknownIs404()
  verify(
    @Param('name') name: string,
    @Grant() grant: ReadGrant,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestedJobDto> {
    return this.request(name, 'verify', grant, reply);
  }

  @Delete('verify')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'cancelVerification',
    summary: 'Asks for the verification that is under way to be given up (scope admin)',
  })
  @ApiAcceptedResponse({ type: JobAnswerDto })
  @UnknownIs404()
  cancelVerify(@Param('name') name: string, @Grant() grant: ReadGrant): Promise<JobAnswerDto> {
    return this.cancel(name, 'verify', grant);
  }

  @Post('repair')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'repairProjection',
    summary: 'Corrects rows that are not as the log makes them (scope admin)',
    description:
      'The rows of some end users, or those that the last verification named, with the counts that they are in. The log is read from its beginning for their keys; live batches go on, but for a moment. The job says what was corrected.',
  })
  @ApiAcceptedResponse({ type: RequestedJobDto })
  @UnknownIs404()
  @ConflictIs409('Another repair of the projection is under way.')
  async repair(
    @Param('name') name: string,
    @Grant() grant: ReadGrant,
    @ValidBody() { jimers, fromVerify }: RepairDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestedJobDto> {
    if ((jimers === undefined) === (fromVerify === undefined))
      throw badParameter('jimers', 'or fromVerify must be given, and not both');
    const parameters = {
      ...(jimers && { jimers: jimers.map((each) => ({ ...each })) }),
      ...(fromVerify && { fromVerify }),
    };
    const asked = await this.commands.jobs.request(declared(name), 'repair', callerOf(grant), parameters);
    if (!asked.isAsAsked)
      throw conflict(
        `Another repair of this projection is under way (job ${asked.job.id}): ask again when it is done.`,
      );
    void reply.header('location', `/v1/jobs/${asked.job.id}`);
    return { job: showJob(asked.job, grant), created: asked.isNew };
  }

  @Post('rollback')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'rollBackProjection',
    summary: 'Lets readers see the generation that served before (scope admin)',
  })
  @ApiOkResponse({ type: ProjectionDto })
  @UnknownIs404()
  @ConflictIs409('No earlier generation is kept, or it is not up to date.')
  async rollback(@Param('name') name: string, @Grant() grant: ReadGrant): Promise<ProjectionDto> {
    await rollBackOrAsk(this.commands, declared(name), callerOf(grant));
    return this.projections.get(name, grant);
  }

  @Post('pause')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'pauseProjection',
    summary: 'Lets its tables stand still until it is resumed (scope admin)',
  })
  @ApiBody({ type: PauseDto, required: false })
  @ApiOkResponse({ type: ProjectionDto })
  @UnknownIs404()
  @ConflictIs409(NOT_BUILT)
  pause(
    @Param('name') name: string,
    @Grant() grant: ReadGrant,
    @ValidBody() { reason }: PauseDto,
  ): Promise<ProjectionDto> {
    return this.switched(name, grant, () =>
      pauseProjection(this.commands.pool, name, reason ?? `asked for by ${callerOf(grant)}`),
    );
  }

  @Post('resume')
  @HttpCode(200)
  @ApiOperation({ operationId: 'resumeProjection', summary: 'Goes on where it was paused (scope admin)' })
  @ApiOkResponse({ type: ProjectionDto })
  @UnknownIs404()
  @ConflictIs409(NOT_BUILT)
  resume(@Param('name') name: string, @Grant() grant: ReadGrant): Promise<ProjectionDto> {
    return this.switched(name, grant, () => resumeProjection(this.commands.pool, name));
  }

  private async request(
    name: string,
    kind: JobKind,
    grant: ReadGrant,
    reply: FastifyReply,
  ): Promise<RequestedJobDto> {
    const { job, isNew } = await this.commands.jobs.request(declared(name), kind, callerOf(grant));
    void reply.header('location', `/v1/projections/${name}`);
    return { job: showJob(job, grant), created: isNew };
  }

  private async cancel(name: string, kind: JobKind, grant: ReadGrant): Promise<JobAnswerDto> {
    declared(name);
    const underWay = await this.commands.jobs.underWay(name, kind);
    const job = underWay && (await this.commands.jobs.cancel(underWay.id));
    if (!job) throw notFound(`No ${kind === 'rebuild' ? 'rebuild' : 'verification'} is under way.`);
    return { job: showJob(job, grant) };
  }

  private async switched(
    name: string,
    grant: ReadGrant,
    change: () => Promise<boolean>,
  ): Promise<ProjectionDto> {
    declared(name);
    try {
      await change();
    } catch (error) {
      if (error instanceof GenerationMismatch) throw conflict(NOT_BUILT);
      throw error;
    }
    return this.projections.get(name, grant);
  }
}
