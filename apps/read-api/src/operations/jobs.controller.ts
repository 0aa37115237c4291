import { Jobs } from '@app/engine-postgres';
import {
  Grant,
  NeedsScope,
  notFound,
  NumberParam,
  ReadController,
  ReadDatabase,
  UnknownIs404,
  type ReadGrant,
} from '@app/platform';
import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { engineReads } from './engine-reads';
import { JobDto } from './jobs.dto';
import { showJob } from './show-job';

@ReadController('v1/jobs', 'operations', 'all workspaces')
@NeedsScope('admin')
export class JobsController {
  constructor(private readonly database: ReadDatabase) {}

  @Get(':id')
  @ApiOperation({
    operationId: 'getJob',
    summary: 'A rebuild, verification, replay or erasure: progress and outcome (scope admin)',
  })
  @ApiOkResponse({ type: JobDto })
  @UnknownIs404()
  async get(@NumberParam() id: string, @Grant() grant: ReadGrant): Promise<JobDto> {
    const job = await new Jobs(engineReads(this.database)).get(id);
    if (!job) throw notFound('There is no job of this id; only the last ones of a kind are kept.');
    return showJob(job, grant);
  }
}
