import {
  listSnapshots,
  requestDrop,
  SNAPSHOT_NAME,
  snapshotSchema,
  type Snapshot,
} from '@app/engine-postgres';
import { badParameter, notFound, type ReadGrant } from '@app/platform';
import { Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ActsOnAllWorkspaces, callerOf, Grant, NeedsScope } from '../access/access';
import { CommandDatabase } from '../common/database/command-database';
import { engineReads, isoOf } from '../common/database/engine-reads';
import { ReadDatabase } from '../common/database/read-database';
import { conflict, ConflictIs409, ReadController, UnknownIs404 } from '../common/http/read-controller';
import { ValidBody } from '../common/http/validation';
import { momentOf } from '../common/parameters/moments';
import { RequestedJobDto } from '../pipeline/jobs/jobs.dto';
import { showJob } from '../pipeline/jobs/show-job';
import { declared } from '../pipeline/projections/projections.queries';
import { NAME_MESSAGE } from './snapshot-context';
import { DroppedSnapshotDto, NewSnapshotDto, SnapshotPageDto, type SnapshotDto } from './snapshots.dto';

const READ = `Every read of read models takes \`?snapshot=\`: it is then answered from the snapshots of that name, which all projections that it reads need to have.`;

/** Read models as they were at a time of the log. */
@ReadController('v1', 'operations', 'all workspaces')
export class SnapshotsController {
  constructor(
    private readonly database: ReadDatabase,
    private readonly commands: CommandDatabase,
  ) {}

  @Get('snapshots')
  @ApiOperation({ operationId: 'listSnapshots', summary: 'The snapshots, by name', description: READ })
  @ApiOkResponse({ type: SnapshotPageDto })
  async list(): Promise<SnapshotPageDto> {
    const snapshots = await listSnapshots(engineReads(this.database));
    return { items: snapshots.map(showSnapshot), nextCursor: null };
  }

  @Post('projections/:name/snapshots')
  @HttpCode(202)
  @NeedsScope('admin')
  @ActsOnAllWorkspaces()
  @ApiOperation({
    operationId: 'makeSnapshot',
    summary: 'Makes a snapshot of a projection at a time of the log (scope admin)',
    description:
      'A job of a projector makes it from the records that the log still has, less those of erased end users, and compares it with them. No event changes it later, except that erased end users are erased in it, too.',
  })
  @ApiAcceptedResponse({ type: RequestedJobDto })
  @UnknownIs404()
  @ConflictIs409('The projection has a snapshot of this name, or another is being made.')
  async make(
    @Param('name') projection: string,
    @Grant() grant: ReadGrant,
    @ValidBody() { name, until, note }: NewSnapshotDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RequestedJobDto> {
    const own = declared(projection);
    const known = await listSnapshots(this.commands.pool);
    if (known.some((each) => each.projection === projection && each.name === name && each.state === 'kept'))
      throw conflict(`The projection has a snapshot ${name} already: drop it, or choose another name.`);
    const parameters = { name, until: new Date(momentOf(until)!).toISOString(), ...(note && { note }) };
    const { job, isNew, isAsAsked } = await this.commands.jobs.request(
      own,
      'snapshot',
      callerOf(grant),
      parameters,
    );
    if (!isAsAsked)
      throw conflict(
        `The snapshot ${String(job.parameters['name'])} of this projection is being made (job ${job.id}): ask again when it is done.`,
      );
    void reply.header('location', `/v1/jobs/${job.id}`);
    return { job: showJob(job, grant), created: isNew };
  }

  @Delete('snapshots/:name')
  @HttpCode(200)
  @NeedsScope('admin')
  @ActsOnAllWorkspaces()
  @ApiOperation({
    operationId: 'dropSnapshot',
    summary: 'Drops the snapshots of a name, in every projection that has it (scope admin)',
    description: 'They can be read no longer; the projectors drop their tables within seconds.',
  })
  @ApiOkResponse({ type: DroppedSnapshotDto })
  @UnknownIs404()
  async drop(@Param('name') name: string, @Grant() grant: ReadGrant): Promise<DroppedSnapshotDto> {
    if (!SNAPSHOT_NAME.test(name)) throw badParameter('name', NAME_MESSAGE);
    const projections = await requestDrop(this.commands.pool, name, callerOf(grant));
    if (projections.length === 0) throw notFound('There is no snapshot of this name.');
    return { name, projections };
  }
}

function showSnapshot(snapshot: Snapshot): SnapshotDto {
  const { name, projection, state, note, generation, version, requestedBy, verified } = snapshot;
  return {
    ...{ name, projection, state, note, generation, version, requestedBy, verified },
    views: snapshotSchema(name),
    until: isoOf(snapshot.until),
    createdAt: isoOf(snapshot.createdAt),
    keptAt: isoOf(snapshot.keptAt),
  };
}
