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
import { AsOf } from '../evidence/as-of';
import { AsOfQuery, JimerAsOfDto, type JimerAsOf } from './as-of.dto';
import { jimers, JimersQueries, type JimerAnswer } from './jimers.queries';
import { JimerJourneyDto, JOURNEY_COLUMNS, JourneyQuery, type JourneyWithAnswersDto } from './journey.dto';
import { JourneyQueries } from './journey.queries';
import { RUN_COLUMNS, RunPageDto, type RunDto } from './runs.dto';
import { RunsQueries } from './runs.queries';
import { TIMELINE, TimelinePageDto, TimelineQuery, type TimelineItemDto } from './timeline.dto';
import { TimelineQueries } from './timeline.queries';

/** What one jimer did. */
@ReadController('v1/jimers', 'jimers')
export class JimersController {
  constructor(
    private readonly jimers: JimersQueries,
    private readonly journeys: JourneyQueries,
    private readonly timelines: TimelineQueries,
    private readonly runs: RunsQueries,
    private readonly asOf: AsOf,
  ) {}

  @Get(':uid')
  @Reads('jimers')
  @ApiOperation({
    operationId: 'getJimer',
    summary: 'An end user, as the newest event that carried it shows it',
  })
  @ApiOkResponse({ type: JimerAsOfDto })
  @UnknownIs404()
  async get(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() uid: string,
    @ValidQuery() { asOf }: AsOfQuery,
  ): Promise<JimerAsOf> {
    const jimer = await this.known(uid, workspace);
    if (asOf === undefined) return jimer;
    const { database, exact } = await this.asOf.past(uid, jimer.workspace, asOf);
    return { ...onlyOne(await jimers.find(database, uid, jimer.workspace), 'jimer'), exact };
  }

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
    if (query.asOf === undefined) return this.journeys.get(uid, workspace, query);
    const jimer = await this.known(uid, workspace);
    const { database, exact } = await this.asOf.past(uid, jimer.workspace, query.asOf);
    return { ...(await new JourneyQueries(database).get(uid, jimer.workspace, query)), exact };
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
    @ValidQuery() page: TimelineQuery,
  ): Promise<TimelinePageDto> {
    const jimer = await this.known(uid, workspace);
    if (page.asOf === undefined) return this.timelines.list(jimer.workspace, uid, page);
    const { database, exact } = await this.asOf.past(uid, jimer.workspace, page.asOf);
    return { ...(await new TimelineQueries(database).list(jimer.workspace, uid, page)), exact };
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
    const jimer = await this.known(uid, workspace);
    if (!(await this.runs.hasJourney(jimer.workspace, uid, experienceUid)))
      throw notFound('The jimer has done nothing in an experience of this uid.');
    return this.runs.list(jimer.workspace, uid, experienceUid, page);
  }

  private async known(uid: string, workspace: string | null): Promise<JimerAnswer> {
    return onlyOne(await this.jimers.find(uid, workspace), 'jimer');
  }
}
