import {
  Exported,
  PageQuery,
  ReadController,
  Reads,
  UnknownIs404,
  UuidParam,
  ValidQuery,
  WorkspaceScope,
  type Page,
} from '@app/platform';
import {
  ExperienceJimersQuery,
  FunnelDto,
  FunnelQuery,
  JimersQueries,
  JimersSummaryDto,
  JourneysQueries,
  type StepAnswersDto,
  StepAnswersPageDto,
  SurveysQueries,
  MOST_COUNTED,
  type KnownTaskDto,
  KnownTaskPageDto,
  TasksQueries,
} from '@app/projections';
import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ExperienceJimerDto, ExperienceJimerPageDto } from './answers.dto';
import { EXPERIENCE_JIMER_COLUMNS, STEP_COLUMNS, TASK_COLUMNS } from './answers.export';
import { ExperienceAnswersQueries } from './experience-answers.queries';
import { whoIs } from './who';

/** How an experience performs, which takes several slices to tell. */
@ReadController('v1/experiences/:uid', 'experiences')
export class ExperienceAnswersController {
  constructor(
    private readonly answersOf: ExperienceAnswersQueries,
    private readonly journeys: JourneysQueries,
    private readonly jimersOf: JimersQueries,
    private readonly surveys: SurveysQueries,
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
    return this.answersOf.funnel(uid, workspace, query);
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
    const home = await this.answersOf.locate(uid, workspace);
    const { items, nextCursor } = await this.journeys.jimersOf(home, uid, query);
    const jimers = await this.jimersOf.several(
      home,
      items.map(({ jimerUid }) => jimerUid),
    );
    return {
      items: items.map(({ jimerUid, state, times }) => ({
        uid: jimerUid,
        ...whoIs(jimers, jimerUid),
        state,
        ...times,
      })),
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
    return this.journeys.jimersByState(await this.answersOf.locate(uid, workspace), uid);
  }

  @Get('answers')
  @Reads('experiences', 'journeys', 'surveys')
  @ApiOperation({ operationId: 'listStepResults', summary: 'The answers to a survey, step by step' })
  @ApiOkResponse({ type: StepAnswersPageDto })
  @Exported<StepAnswersDto>('experience-answers', STEP_COLUMNS)
  @UnknownIs404()
  async answers(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() uid: string,
    @ValidQuery() page: PageQuery,
  ) {
    return this.surveys.results(await this.answersOf.locate(uid, workspace), uid, page);
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
    return this.tasks.list(await this.answersOf.locate(uid, workspace), uid, page);
  }
}
