import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ReadController } from '../http/read-controller';
import { Reads } from '../read-your-writes/positions';
import { ValidQuery } from '../http/query.decorator';
import { WorkspaceScope } from '../access/access';
import { MostUsedQuery } from './most-used';
import { MostUsedDto } from './most-used.dto';
import { MostUsedQueries } from './most-used.queries';

@ReadController('v1/experiences/top', 'experiences')
export class MostUsedController {
  constructor(private readonly used: MostUsedQueries) {}

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
    return this.used.list(workspace, query);
  }
}
