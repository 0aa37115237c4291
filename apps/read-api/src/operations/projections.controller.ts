import { notFound, ReadController, UnknownIs404, type Page } from '@app/platform';
import { Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ProjectionDto, ProjectionPageDto } from './projections.dto';
import { ProjectionsQueries } from './projections.queries';

@ReadController('v1/projections', 'operations')
export class ProjectionsController {
  constructor(private readonly projections: ProjectionsQueries) {}

  @Get()
  @ApiOperation({ summary: 'Projections: generation, checkpoints, lag, dead letters' })
  @ApiOkResponse({ type: ProjectionPageDto })
  async list(): Promise<Page<ProjectionDto>> {
    return { items: await this.projections.list(), nextCursor: null };
  }

  @Get(':name')
  @ApiOperation({ summary: 'One projection' })
  @ApiOkResponse({ type: ProjectionDto })
  @UnknownIs404()
  async get(@Param('name') name: string): Promise<ProjectionDto> {
    const found = (await this.projections.list()).find((projection) => projection.name === name);
    if (!found) throw notFound('There is no projection of this name.');
    return found;
  }
}
