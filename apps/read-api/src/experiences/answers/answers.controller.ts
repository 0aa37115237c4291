import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { WorkspaceScope } from '../../access/access';
import { Exported } from '../../common/exports/exported';
import { AskedFormat, type ExportFormat } from '../../common/exports/formats';
import { ReadController, UidParam, UnknownIs404, UuidParam } from '../../common/http/read-controller';
import { ValidQuery } from '../../common/http/validation';
import { IntervalQuery } from '../../common/parameters/intervals';
import type { Page } from '../../common/parameters/page';
import { Reads } from '../../common/read-your-writes/positions';
import { JimersQueries } from '../../jimers/jimers.queries';
import { ExperienceLocator } from '../locate';
import {
  JimerAnswerDto,
  JimerAnswerPageDto,
  JimerResponsePageDto,
  SingleAnswersQuery,
  SurveyResponsesQuery,
  type JimerResponseDto,
} from './answers.dto';
import { ANSWER_COLUMNS, questionColumns, RESPONSE_COLUMNS } from './answers.export';
import { ResponsesQueries } from './responses.queries';
import { showStep } from './results';
import { ScaleSeriesDto, StepAnswersPageDto, StepResultsQuery } from './results.dto';
import { ResultsQueries } from './results.queries';
import { StepAnswersQueries } from './step-answers.queries';

/** The answers to a survey: counted by step, response by response, and one by one. */
@ReadController('v1/experiences/:uid', 'experiences')
export class AnswersController {
  constructor(
    private readonly experiences: ExperienceLocator,
    private readonly results: ResultsQueries,
    private readonly responsesOf: ResponsesQueries,
    private readonly answersOf: StepAnswersQueries,
    private readonly jimersOf: JimersQueries,
  ) {}

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
    return this.results.list(await this.experiences.locate(uid, workspace), uid, query);
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
    const home = await this.experiences.locate(uid, workspace);
    const [steps, { items, nextCursor }] = await Promise.all([
      this.results.stepsOf(home, uid),
      this.responsesOf.list(home, uid, query),
    ]);
    const whoIs = await this.jimersOf.whoIs(home, items);
    return {
      questions: steps.map(showStep),
      items: items.map((item) => ({ ...item, ...whoIs(item.jimerUid) })),
      nextCursor,
    };
  }

  @Get('answers/:stepUid')
  @Reads('experiences', 'jimers', 'journeys', 'surveys')
  @ApiOperation({
    operationId: 'listStepAnswers',
    summary: 'Every answer to a step of a survey, newest first; `q` searches in what was written',
  })
  @ApiOkResponse({ type: JimerAnswerPageDto })
  @Exported<JimerAnswerDto>('answers', ANSWER_COLUMNS)
  @UnknownIs404()
  async stepAnswers(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() uid: string,
    @UidParam('stepUid') stepUid: string,
    @ValidQuery() query: SingleAnswersQuery,
  ): Promise<Page<JimerAnswerDto>> {
    const home = await this.experiences.locate(uid, workspace);
    const { items, nextCursor } = await this.answersOf.list(home, uid, stepUid, query);
    const whoIs = await this.jimersOf.whoIs(home, items);
    return {
      items: items.map((item) => ({ ...item, ...whoIs(item.jimerUid) })),
      nextCursor,
    };
  }

  @Get('answers/:stepUid/series')
  @Reads('experiences', 'journeys', 'surveys')
  @ApiOperation({
    operationId: 'getStepSeries',
    summary: 'The mean and the Net Promoter Score of a step over time',
  })
  @ApiOkResponse({ type: ScaleSeriesDto })
  @UnknownIs404()
  async series(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() uid: string,
    @UidParam('stepUid') stepUid: string,
    @ValidQuery() query: IntervalQuery,
  ): Promise<ScaleSeriesDto> {
    return this.answersOf.series(await this.experiences.locate(uid, workspace), uid, stepUid, query);
  }
}
