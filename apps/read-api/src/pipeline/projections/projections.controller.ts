import type { ReadGrant } from '@app/platform';
import { Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Grant } from '../../access/access';
import { ReadController, UnknownIs404 } from '../../common/http/read-controller';
import type { Page } from '../../common/parameters/page';
import { ProjectionDto, ProjectionPageDto } from './projections.dto';
import { ProjectionsQueries } from './projections.queries';

@ReadController('v1/projections', 'operations', 'all workspaces')
export class ProjectionsController {
  constructor(private readonly projections: ProjectionsQueries) {}

  @Get()
  @ApiOperation({
    operationId: 'listProjections',
    summary: 'Projections: generations, checkpoints, accounts, lag, dead letters, jobs',
    description:
      'How the installation stands: offsets and counts are of all workspaces together, for every token alike, and name no row of any.',
  })
  @ApiOkResponse({ type: ProjectionPageDto })
  async list(@Grant() grant: ReadGrant): Promise<Page<ProjectionDto>> {
    return { items: await this.projections.list(grant), nextCursor: null };
  }

  @Get(':name')
  @ApiOperation({ operationId: 'getProjection', summary: 'One projection' })
  @ApiOkResponse({ type: ProjectionDto })
  @UnknownIs404()
  get(@Param('name') name: string, @Grant() grant: ReadGrant): Promise<ProjectionDto> {
    return this.projections.get(name, grant);
  }
}
