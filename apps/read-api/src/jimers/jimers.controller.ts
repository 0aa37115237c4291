import { notFound } from '@app/platform';
import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { WorkspaceScope } from '../access/access';
import { Exported } from '../common/exports/exported';
import { onlyOne } from '../common/http/only-one';
import { ReadController, UnknownIs404, UuidParam } from '../common/http/read-controller';
import { ValidQuery } from '../common/http/validation';
import { PageQuery } from '../common/parameters/page';
import { Reads } from '../common/read-your-writes/positions';
import { JimersQueries } from './jimers.queries';
import { JimerJourneyDto, JOURNEY_COLUMNS, JourneyQuery, type JourneyWithAnswersDto } from './journey.dto';
import { JourneyQueries } from './journey.queries';
import { RUN_COLUMNS, RunPageDto, type RunDto } from './runs.dto';
import { RunsQueries } from './runs.queries';
import { TIMELINE, TimelinePageDto, type TimelineItemDto } from './timeline.dto';
import { TimelineQueries } from './timeline.queries';

/** What one jimer did. */
@ReadController('v1/jimers', 'jimers')
export class JimersController {
  constructor(
    private readonly jimers: JimersQueries,
    private readonly journeys: JourneyQueries,
    private readonly timelines: TimelineQueries,
    private readonly runs: RunsQueries,
  ) {}

  @Get(':uid/journey')
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
    return this.journeys.get(uid, workspace, query);
  }

  @Get(':uid/timeline')
  @Reads('jimers', 'journeys')
  @ApiOperation({ operationId: 'listJimerEvents', summary: 'Every event of an end user, newest first' })
  @ApiOkResponse({ type: TimelinePageDto })
  @Exported<TimelineItemDto>('timeline', TIMELINE.names)
  @UnknownIs404()
  async timeline(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() uid: string,
    @ValidQuery() page: PageQuery,
  ) {
    const jimer = onlyOne(await this.jimers.find(uid, workspace), 'jimer');
    return this.timelines.list(jimer.workspace, uid, page);
  }

  @Get(':uid/experiences/:experienceUid/runs')
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
