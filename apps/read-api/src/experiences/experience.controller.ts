import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { WorkspaceScope } from '../access/access';
import { Exported } from '../common/exports/exported';
import { ReadController, UnknownIs404, UuidParam } from '../common/http/read-controller';
import { ValidQuery } from '../common/http/validation';
import { PageQuery, type Page } from '../common/parameters/page';
import { Reads } from '../common/read-your-writes/positions';
import { JimersQueries } from '../jimers/jimers.queries';
import { FunnelDto, FunnelQuery } from './funnel.dto';
import { FunnelQueries } from './funnel.queries';
import {
  EXPERIENCE_JIMER_COLUMNS,
  ExperienceJimerDto,
  ExperienceJimerPageDto,
  ExperienceJimersQuery,
  JimersSummaryDto,
  MOST_COUNTED,
} from './jimers.dto';
import { ExperienceJimersQueries } from './jimers.queries';
import { ExperienceLocator } from './locate';
import { KnownTaskPageDto, TASK_COLUMNS, TasksQueries, type KnownTaskDto } from './tasks';

/** What end users did with one experience. */
@ReadController('v1/experiences/:uid', 'experiences')
export class ExperienceController {
  constructor(
    private readonly experiences: ExperienceLocator,
    private readonly funnels: FunnelQueries,
    private readonly users: ExperienceJimersQueries,
    private readonly jimersOf: JimersQueries,
    private readonly tasks: TasksQueries,
  ) {}

  @Get('funnel')
  @Reads('experiences', 'journeys')
  @ApiOperation({
    operationId: 'getExperienceFunnel',
    summary: 'Who saw, started and completed it, over time',
  })
  @ApiOkResponse({ type: FunnelDto })
  @UnknownIs404()
  async funnel(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() uid: string,
    @ValidQuery() query: FunnelQuery,
  ): Promise<FunnelDto> {
    return this.funnels.funnel(uid, workspace, query);
  }

  @Get('jimers')
  @Reads('experiences', 'jimers', 'journeys')
  @ApiOperation({ operationId: 'listExperienceJimers', summary: 'The end users of an experience, by state' })
  @ApiOkResponse({ type: ExperienceJimerPageDto })
  @Exported<ExperienceJimerDto>('experience-jimers', EXPERIENCE_JIMER_COLUMNS)
  @UnknownIs404()
  async jimers(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() uid: string,
    @ValidQuery() query: ExperienceJimersQuery,
  ): Promise<Page<ExperienceJimerDto>> {
    const home = await this.experiences.locate(uid, workspace);
    const { items, nextCursor } = await this.users.list(home, uid, query);
    const whoIs = await this.jimersOf.whoIs(home, items);
    return {
      items: items.map(({ jimerUid, ...state }) => ({ uid: jimerUid, ...whoIs(jimerUid), ...state })),
      nextCursor,
    };
  }

  @Get('jimers/summary')
  @Reads('experiences', 'journeys')
  @ApiOperation({
    operationId: 'getExperienceJimersSummary',
    summary: 'How many end users are in each state',
    description: `They are counted up to ${MOST_COUNTED}: that number stands for as many or more.`,
  })
  @ApiOkResponse({ type: JimersSummaryDto })
  @UnknownIs404()
  async jimersSummary(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() uid: string,
  ): Promise<JimersSummaryDto> {
    return this.users.countsByState(await this.experiences.locate(uid, workspace), uid);
  }

  @Get('tasks')
  @Reads('experiences', 'journeys')
  @ApiOperation({
    operationId: 'listExperienceTasks',
    summary: 'The tasks of a checklist, as far as end users have completed or skipped them',
  })
  @ApiOkResponse({ type: KnownTaskPageDto })
  @Exported<KnownTaskDto>('tasks', TASK_COLUMNS)
  @UnknownIs404()
  async listTasks(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() uid: string,
    @ValidQuery() page: PageQuery,
  ) {
    return this.tasks.list(await this.experiences.locate(uid, workspace), uid, page);
  }
}
