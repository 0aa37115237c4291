import { notFound } from '@app/platform';
import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Exported } from '../exports/exported';
import { onlyOne } from '../rows/only-one';
import { PageQuery } from '../paging/page';
import { ReadController, UnknownIs404, UuidParam } from '../http/read-controller';
import { Reads } from '../read-your-writes/positions';
import { ValidQuery } from '../http/query.decorator';
import { WorkspaceScope } from '../access/access';
import { JourneysQueries } from '../experiences/journeys.queries';
import { JimerJourneyDto, JourneyQuery, type JourneyWithAnswersDto } from '../experiences/answers.dto';
import { JOURNEY_COLUMNS, RUN_COLUMNS, TIMELINE_COLUMNS } from '../experiences/answers.export';
import { JimersQueries } from './jimers.queries';
import { type RunDto, RunPageDto, type TimelineItemDto, TimelinePageDto } from './journeys.dto';
import { RunsQueries } from './runs.queries';
import { JimerJourneyQueries } from './jimer-journey.queries';

/** What is known of a jimer in several slices. */
@ReadController('v1/jimers/:uid', 'jimers')
export class JimerAnswersController {
  constructor(
    private readonly journeysOf: JimerJourneyQueries,
    private readonly jimers: JimersQueries,
    private readonly journeys: JourneysQueries,
    private readonly runs: RunsQueries,
  ) {}

  @Get('journey')
  @Reads('jimers', 'journeys', 'surveys')
  @ApiOperation({
    operationId: 'getJimerJourney',
    summary: 'What an end user has seen, started, finished and answered',
  })
  @ApiOkResponse({ type: JimerJourneyDto })
  @Exported<JourneyWithAnswersDto>('journey', JOURNEY_COLUMNS, {
    itemsOf: (answer: JimerJourneyDto) => answer.experiences,
  })
  @UnknownIs404()
  async journey(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() uid: string,
    @ValidQuery() query: JourneyQuery,
  ): Promise<JimerJourneyDto> {
    return this.journeysOf.journeyOf(uid, workspace, query);
  }

  @Get('timeline')
  @Reads('jimers', 'journeys')
  @ApiOperation({ operationId: 'listJimerEvents', summary: 'Every event of an end user, newest first' })
  @ApiOkResponse({ type: TimelinePageDto })
  @Exported<TimelineItemDto>('timeline', TIMELINE_COLUMNS)
  @UnknownIs404()
  async timeline(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() uid: string,
    @ValidQuery() page: PageQuery,
  ) {
    const jimer = onlyOne(await this.jimers.find(uid, workspace), 'jimer');
    return this.journeys.timeline(jimer.workspace, uid, page);
  }

  @Get('experiences/:experienceUid/runs')
  @Reads('jimers', 'journeys')
  @ApiOperation({
    operationId: 'listJimerRuns',
    summary: 'Each time an end user went through an experience, newest first',
  })
  @ApiOkResponse({ type: RunPageDto })
  @Exported<RunDto>('runs', RUN_COLUMNS)
  @UnknownIs404()
  async listRuns(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() uid: string,
    @UuidParam('experienceUid') experienceUid: string,
    @ValidQuery() page: PageQuery,
  ) {
    const jimer = onlyOne(await this.jimers.find(uid, workspace), 'jimer');
    if (!(await this.runs.hasJourney(jimer.workspace, uid, experienceUid)))
      throw notFound('The jimer has done nothing in an experience of this uid.');
    return this.runs.list(jimer.workspace, uid, experienceUid, page);
  }
}
