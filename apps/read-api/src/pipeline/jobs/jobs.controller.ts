import { Jobs } from '@app/engine-postgres';
import { notFound, type ReadGrant } from '@app/platform';
import { Delete, Get, HttpCode } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ActsOnAllWorkspaces, Grant, NeedsScope } from '../../access/access';
import { CommandDatabase } from '../../common/database/command-database';
import { engineReads } from '../../common/database/engine-reads';
import { ReadDatabase } from '../../common/database/read-database';
import {
  conflict,
  ConflictIs409,
  NumberParam,
  ReadController,
  UnknownIs404,
} from '../../common/http/read-controller';
import { JobAnswerDto, JobDto, JobsDto } from './jobs.dto';
import { isVisible, showJob } from './show-job';

/** Jobs that ended and are listed beside those that are under way. */
const LISTED = 100;

const UNKNOWN = 'There is no job of this id; only the last ones of a kind are kept.';

@ReadController('v1/jobs', 'operations', 'all workspaces')
@NeedsScope('admin')
export class JobsController {
  constructor(
    private readonly database: ReadDatabase,
    private readonly commands: CommandDatabase,
  ) {}

  @Get()
  @ActsOnAllWorkspaces()
  @ApiOperation({
    operationId: 'listJobs',
    summary: `The jobs that are under way and the last ${LISTED} that ended, newest first (scope admin)`,
  })
  @ApiOkResponse({ type: JobsDto })
  async list(@Grant() grant: ReadGrant): Promise<JobsDto> {
    const jobs = await new Jobs(engineReads(this.database)).list(LISTED);
    return { items: jobs.map((job) => showJob(job, grant)) };
  }

  @Get(':id')
  @ApiOperation({
    operationId: 'getJob',
    summary: 'A rebuild, verification, replay or erasure: progress and outcome (scope admin)',
  })
  @ApiOkResponse({ type: JobDto })
  @UnknownIs404()
  async get(@NumberParam() id: string, @Grant() grant: ReadGrant): Promise<JobDto> {
    const job = await new Jobs(engineReads(this.database)).get(id);
    if (!job || !isVisible(job, grant)) throw notFound(UNKNOWN);
    return showJob(job, grant);
  }

  @Delete(':id')
  @HttpCode(202)
  @ActsOnAllWorkspaces()
  @ApiOperation({
    operationId: 'cancelJob',
    summary: 'Cancels a job of any kind, queued or running (scope admin)',
    description:
      'A job that nobody works on ends at once. A worker gives its job up within seconds; one that hangs is overruled after 15 s, and one that is dead after 20 s: then the job ends without it. It is idempotent until the job has ended. People of a cancelled erasure stay marked: the next erasure takes them from the log.',
  })
  @ApiAcceptedResponse({ type: JobAnswerDto })
  @UnknownIs404()
  @ConflictIs409('The job has ended.')
  async cancel(@NumberParam() id: string, @Grant() grant: ReadGrant): Promise<JobAnswerDto> {
    const job = await this.commands.jobs.cancel(id);
    if (!job) throw notFound(UNKNOWN);
    if (job.cancelRequestedAt === null) throw conflict(`The job has ended: ${job.state}.`);
    return { job: showJob(job, grant) };
  }
}
