import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Exported } from '../../exports/exported';
import { ReadController, UidParam, UnknownIs404, UuidParam } from '../../http/read-controller';
import { Reads } from '../../read-your-writes/positions';
import { ValidQuery } from '../../http/query.decorator';
import { WorkspaceScope } from '../../access/access';
import type { Page } from '../../paging/page';
import { IntervalQuery } from '../../parameters/intervals';
import { JimersQueries } from '../../jimers/jimers.queries';
import { whoIs } from '../../jimers/who';
import { JimerAnswerDto, JimerAnswerPageDto } from '../answers.dto';
import { ANSWER_COLUMNS } from '../answers.export';
import { ExperienceAnswersQueries } from '../experience-answers.queries';
import { AnswersQueries } from './step-answers.queries';
import { ScaleSeriesDto, SingleAnswersQuery } from './surveys.dto';

/** The answers to one step of a survey. */
@ReadController('v1/experiences/:uid/answers/:stepUid', 'experiences')
export class StepAnswersController {
  constructor(
    private readonly home: ExperienceAnswersQueries,
    private readonly answers: AnswersQueries,
    private readonly jimers: JimersQueries,
  ) {}

  @Get()
  @Reads('experiences', 'jimers', 'journeys', 'surveys')
  @ApiOperation({
    operationId: 'listStepAnswers',
    summary: 'Every answer to a step of a survey, newest first; `q` searches in what was written',
  })
  @ApiOkResponse({ type: JimerAnswerPageDto })
  @Exported<JimerAnswerDto>('answers', ANSWER_COLUMNS)
  @UnknownIs404()
  async list(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() uid: string,
    @UidParam('stepUid') stepUid: string,
    @ValidQuery() query: SingleAnswersQuery,
  ): Promise<Page<JimerAnswerDto>> {
    const home = await this.home.locate(uid, workspace);
    const { items, nextCursor } = await this.answers.list(home, uid, stepUid, query);
    const jimers = await this.jimers.several(home, [...new Set(items.map(({ jimerUid }) => jimerUid))]);
    return {
      items: items.map((item) => ({ ...item, ...whoIs(jimers, item.jimerUid) })),
      nextCursor,
    };
  }

  @Get('series')
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
    return this.answers.series(await this.home.locate(uid, workspace), uid, stepUid, query);
  }
}
