import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { WorkspaceScope } from '../access/access';
import { ReadController } from '../common/http/read-controller';
import { ValidQuery } from '../common/http/validation';
import { Reads } from '../common/read-your-writes/positions';
import { MostUsedDto, MostUsedQuery } from './top.dto';
import { TopExperiencesQueries } from './top.queries';

@ReadController('v1/experiences/top', 'experiences')
export class TopExperiencesController {
  constructor(private readonly top: TopExperiencesQueries) {}

  @Get()
  @Reads('experiences', 'journeys')
  @ApiOperation({
    operationId: 'listMostUsedExperiences',
    summary: 'The experiences that were used most in a period, with the counts of their funnels',
    description:
      'Jimers count on the day of their first event, start, completion, dismissal and like; clicks and comments by event.',
  })
  @ApiOkResponse({ type: MostUsedDto })
  list(@WorkspaceScope() workspace: string | null, @ValidQuery() query: MostUsedQuery): Promise<MostUsedDto> {
    return this.top.list(workspace, query);
  }
}
