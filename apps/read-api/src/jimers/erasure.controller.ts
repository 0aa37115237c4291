import { Erasures, LOG_SUBJECT } from '@app/engine-postgres';
import { notFound, type ReadGrant } from '@app/platform';
import { Delete, HttpCode, Query, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { callerOf, Grant, NeedsScope, WorkspaceScope } from '../access/access';
import { CommandDatabase } from '../common/database/command-database';
import { onlyOne } from '../common/http/only-one';
import { ReadController, UnknownIs404, UuidParam } from '../common/http/read-controller';
import { Reads } from '../common/read-your-writes/positions';
import { RequestedErasureDto } from '../pipeline/jobs/jobs.dto';
import { showJob } from '../pipeline/jobs/show-job';
import { JimersQueries } from './jimers.queries';

@ReadController('v1/jimers/:uid', 'operations')
@Reads('jimers')
@NeedsScope('admin')
export class ErasureController {
  constructor(
    private readonly commands: CommandDatabase,
    private readonly jimers: JimersQueries,
  ) {}

  @Delete()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'eraseJimer',
    summary: 'Erases an end user for good, from the read models and from the log (scope admin)',
    description:
      'A job does it: the read models forget the user within moments, the log once its compaction has removed the records. It is idempotent. `others` lists further records of what seems to be the same person. A user whom the read models do not know is erased with a `workspace`.',
  })
  @ApiAcceptedResponse({ type: RequestedErasureDto })
  @UnknownIs404()
  async erase(
    @WorkspaceScope() workspace: string | null,
    @Query('workspace') named: string | undefined,
    @UuidParam() uid: string,
    @Grant() grant: ReadGrant,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestedErasureDto> {
    const jimer = { workspace: await this.homeOf(uid, workspace, named), jimerUid: uid };
    // Before the erasure takes away what they are found by.
    const others = await this.jimers.others(jimer, workspace);
    await new Erasures(this.commands.pool).request([jimer], callerOf(grant));
    const { job, isNew } = await this.commands.jobs.request(LOG_SUBJECT, 'erase', callerOf(grant), {
      others: others.length,
    });
    void reply.header('location', `/v1/jobs/${job.id}`);
    return { job: showJob(job, grant), created: isNew, others };
  }

  private async homeOf(uid: string, workspace: string | null, named: string | undefined): Promise<string> {
    const found = await this.jimers.find(uid, workspace);
    if (found.length > 0) return onlyOne(found, 'jimer').workspace;
    // Not where nobody said so: the jimer may be of another workspace.
    if (named !== undefined && workspace !== null) return workspace;
    throw notFound(
      'No read model knows this jimer. Events of the jimer may be in the log all the same: name its ?workspace= to erase it.',
    );
  }
}
