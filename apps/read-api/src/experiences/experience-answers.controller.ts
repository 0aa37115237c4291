import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Exported } from '../exports/exported';
import { PageQuery, type Page } from '../paging/page';
import { ReadController, UnknownIs404, UuidParam } from '../http/read-controller';
import { Reads } from '../read-your-writes/positions';
import { ValidQuery } from '../http/query.decorator';
import { WorkspaceScope } from '../access/access';
import {
  ExperienceJimersQuery,
  FunnelDto,
  FunnelQuery,
  JimersSummaryDto,
  MOST_COUNTED,
  type KnownTaskDto,
  KnownTaskPageDto,
} from '../jimers/journeys.dto';
import { JimersQueries } from '../jimers/jimers.queries';
import { AskedFormat } from '../exports/asked-format';
import type { ExportFormat } from '../exports/formats';
import { whoIs } from '../jimers/who';
import { JourneysQueries } from './journeys.queries';
import { ResponsesQueries } from './answers/responses.queries';
import { showStep } from './answers/results';
import { StepAnswersPageDto, StepResultsQuery, SurveyResponsesQuery } from './answers/surveys.dto';
import { SurveysQueries } from './answers/results.queries';
import { TasksQueries } from './tasks.queries';
import {
  ExperienceJimerDto,
  ExperienceJimerPageDto,
  type JimerResponseDto,
  JimerResponsePageDto,
} from './answers.dto';
import { EXPERIENCE_JIMER_COLUMNS, TASK_COLUMNS } from './answers.export';
import { ExperienceAnswersQueries } from './experience-answers.queries';
import { questionColumns, RESPONSE_COLUMNS } from './answers/responses.export';

/** How an experience performs, which takes several slices to tell. */
@ReadController('v1/experiences/:uid', 'experiences')
export class ExperienceAnswersController {
  constructor(
    private readonly answersOf: ExperienceAnswersQueries,
    private readonly journeys: JourneysQueries,
    private readonly jimersOf: JimersQueries,
    private readonly surveys: SurveysQueries,
    private readonly responsesOf: ResponsesQueries,
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
  @Reads('experiences', 'jimers', 'journeys', 'surveys')
  @ApiOperation({
    operationId: 'listStepResults',
    summary: 'The answers to a survey, step by step',
    description:
      'With `from` and `to` of those days only. As CSV it is one row per response with a column for each question, as of `…/responses`.',
  })
  @ApiOkResponse({ type: StepAnswersPageDto })
  @Exported<JimerResponseDto>('survey-responses', RESPONSE_COLUMNS, { moreColumns: questionColumns })
  @UnknownIs404()
  async answers(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() uid: string,
    @ValidQuery() query: StepResultsQuery,
    @AskedFormat() format: ExportFormat['name'] | null,
  ): Promise<StepAnswersPageDto | JimerResponsePageDto> {
    // A table of answers is opened to see a row for each response.
    if (format === 'csv') return this.responses(workspace, uid, query);
    return this.surveys.results(await this.answersOf.locate(uid, workspace), uid, query);
  }

  @Get('responses')
  @Reads('experiences', 'jimers', 'journeys', 'surveys')
  @ApiOperation({
    operationId: 'listSurveyResponses',
    summary: 'The responses to a survey with all of their answers, the one that began last first',
    description: 'As CSV it has a column for each question.',
  })
  @ApiOkResponse({ type: JimerResponsePageDto })
  @Exported<JimerResponseDto>('survey-responses', RESPONSE_COLUMNS, { moreColumns: questionColumns })
  @UnknownIs404()
  async responses(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() uid: string,
    @ValidQuery() query: SurveyResponsesQuery,
  ): Promise<JimerResponsePageDto> {
    const home = await this.answersOf.locate(uid, workspace);
    const [steps, { items, nextCursor }] = await Promise.all([
      this.surveys.stepsOf(home, uid),
      this.responsesOf.list(home, uid, query),
    ]);
    const jimers = await this.jimersOf.several(home, [...new Set(items.map(({ jimerUid }) => jimerUid))]);
    return {
      questions: steps.map(showStep),
      items: items.map((item) => ({ ...item, ...whoIs(jimers, item.jimerUid) })),
      nextCursor,
    };
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
