import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { WorkspaceScope } from '../access/access';
import { Exported } from '../common/exports/exported';
import { ReadController, UnknownIs404, UuidParam } from '../common/http/read-controller';
import { ValidQuery } from '../common/http/validation';
import { Reads, ReadsWhatServes } from '../common/read-your-writes/positions';
import { DESCRIPTION, ExplanationDto, ExplainQuery, OtherLogIs409 } from '../evidence/explain.dto';
import { Explanations } from '../evidence/explanations';
import { EXPERIENCE } from '../evidence/subjects';
import { COUNTED_COLUMNS, FigureDto, FigureQuery, type CountedDto } from './figure.dto';
import { FigureQueries } from './figure.queries';

/** Which events an experience comes from, and who is behind its figures. */
@ReadController('v1/experiences/:uid', 'experiences')
export class ExperienceEvidenceController {
  constructor(
    private readonly explanations: Explanations,
    private readonly figures: FigureQueries,
  ) {}

  @Get('explain')
  @ReadsWhatServes('experiences', 'journeys')
  @ApiOperation({
    operationId: 'explainExperience',
    summary: 'Which events an experience comes from: its lifecycle, and those that decided a column',
    description: `${DESCRIPTION} Of what end users did, only the events that decided a column are read.`,
  })
  @ApiOkResponse({ type: ExplanationDto })
  @OtherLogIs409()
  @UnknownIs404()
  explain(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() experienceUid: string,
    @ValidQuery() query: ExplainQuery,
  ): Promise<ExplanationDto> {
    return this.explanations.explain(EXPERIENCE, { experienceUid }, workspace, query, false);
  }

  @Get('funnel/explain')
  @Reads('experiences', 'journeys', 'jimers')
  @ApiOperation({
    operationId: 'explainFunnel',
    summary: 'Who is behind a figure of a funnel',
    description:
      'The end users, or events, that are counted in a measure on a day. Each row can be explained in turn: `GET /v1/jimers/{uid}/experiences/{experienceUid}/explain`.',
  })
  @ApiOkResponse({ type: FigureDto })
  @Exported<CountedDto>('figure', COUNTED_COLUMNS)
  @UnknownIs404()
  figure(
    @WorkspaceScope() workspace: string | null,
    @UuidParam() uid: string,
    @ValidQuery() query: FigureQuery,
  ): Promise<FigureDto> {
    return this.figures.figure(uid, workspace, query);
  }
}
