import {
  Exported,
  onlyOne,
  PageQuery,
  ReadController,
  Reads,
  UnknownIs404,
  UuidParam,
  ValidQuery,
  WorkspaceScope,
} from '@app/platform';
import { JimersQueries, JourneysQueries, type TimelineItemDto, TimelinePageDto } from '@app/projections';
import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { JimerJourneyDto, type JourneyWithAnswersDto } from './answers.dto';
import { JOURNEY_COLUMNS, TIMELINE_COLUMNS } from './answers.export';
import { JimerJourneyQueries } from './jimer-journey.queries';

/** What is known of a jimer in several slices. */
@ReadController('v1/jimers/:uid', 'jimers')
export class JimerAnswersController {
  constructor(
    private readonly journeysOf: JimerJourneyQueries,
    private readonly jimers: JimersQueries,
    private readonly journeys: JourneysQueries,
  ) {}

  @Get('journey')
  @Reads('jimers', 'journeys', 'surveys')
  @ApiOperation({ summary: 'What an end user has seen, started, finished and answered' })
  @ApiOkResponse({ type: JimerJourneyDto })
  @Exported<JourneyWithAnswersDto>(
    'journey',
    JOURNEY_COLUMNS,
    (answer: JimerJourneyDto) => answer.experiences,
  )
  @UnknownIs404()
  async journey(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() uid: string,
  ): Promise<JimerJourneyDto> {
    return this.journeysOf.journeyOf(uid, workspace);
  }

  @Get('timeline')
  @Reads('jimers', 'journeys')
  @ApiOperation({ summary: 'Every event of an end user, newest first' })
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
}
