import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { WorkspaceScope } from '../access/access';
import { Exported } from '../common/exports/exported';
import { onlyOne } from '../common/http/only-one';
import { ReadController, UnknownIs404, UuidParam } from '../common/http/read-controller';
import { ValidQuery } from '../common/http/validation';
import { PageQuery } from '../common/parameters/page';
import { Reads } from '../common/read-your-writes/positions';
import { HISTORY_COLUMNS, HistoryPageDto, type LifecycleItemDto } from '../lifecycle/lifecycle.dto';
import { LifecycleQueries } from '../lifecycle/lifecycle.queries';
import { ExperiencesQueries } from './experiences.queries';

@ReadController('v1/experiences', 'experiences')
@Reads('experiences')
export class ExperiencesController {
  constructor(
    private readonly experiences: ExperiencesQueries,
    private readonly lifecycle: LifecycleQueries,
  ) {}

  @Get(':uid/history')
  @ApiOperation({
    operationId: 'listExperienceHistory',
    summary: 'Lifecycle events in order of time, with the status after each',
  })
  @ApiOkResponse({ type: HistoryPageDto })
  @Exported<LifecycleItemDto>('experience-history', HISTORY_COLUMNS)
  @UnknownIs404()
  async history(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() uid: string,
    @ValidQuery() page: PageQuery,
  ) {
    const experience = onlyOne(await this.experiences.find(uid, workspace), 'experience');
    return this.lifecycle.history(experience, page);
  }
}
