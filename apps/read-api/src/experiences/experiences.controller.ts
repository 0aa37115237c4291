import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { WorkspaceScope } from '../access/access';
import { Exported } from '../exports/exported';
import { ReadController, UnknownIs404, UuidParam } from '../http/read-controller';
import { ValidQuery } from '../http/validation';
import { HISTORY_COLUMNS, HistoryPageDto, type LifecycleItemDto } from '../lifecycle/lifecycle.dto';
import { LifecycleQueries } from '../lifecycle/lifecycle.queries';
import { PageQuery } from '../paging/page';
import { Reads } from '../read-your-writes/positions';
import { onlyOne } from '../rows/only-one';
import { EXPERIENCE_COLUMNS, ExperienceDto, ExperiencePageDto, ExperiencesQuery } from './experiences.dto';
import { ExperiencesQueries } from './experiences.queries';

@ReadController('v1/experiences', 'experiences')
@Reads('experiences')
export class ExperiencesController {
  constructor(
    private readonly experiences: ExperiencesQueries,
    private readonly lifecycle: LifecycleQueries,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listExperiences',
    summary: 'Experiences (posts are those of type POST), deleted ones included',
  })
  @ApiOkResponse({ type: ExperiencePageDto })
  @Exported<ExperienceDto>('experiences', EXPERIENCE_COLUMNS)
  list(@WorkspaceScope() workspace: string | null, @ValidQuery() query: ExperiencesQuery) {
    return this.experiences.list(workspace, query);
  }

  @Get(':uid')
  @ApiOperation({ operationId: 'getExperience', summary: 'An experience, as its newest snapshot shows it' })
  @ApiOkResponse({ type: ExperienceDto })
  @UnknownIs404()
  async get(@WorkspaceScope() workspace: string | null, @UuidParam() uid: string): Promise<ExperienceDto> {
    return onlyOne(await this.experiences.find(uid, workspace), 'experience');
  }

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
