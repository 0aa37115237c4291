import { includesScope, type ReadGrant } from '@app/platform';
import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Grant, WorkspaceScope } from '../access/access';
import { ReadController, UidParam, UnknownIs404, UuidParam } from '../common/http/read-controller';
import { ValidQuery } from '../common/http/validation';
import { ReadsWhatServes } from '../common/read-your-writes/positions';
import { DESCRIPTION, ExplanationDto, ExplainQuery, OtherLogIs409 } from '../evidence/explain.dto';
import { Explanations } from '../evidence/explanations';
import { ANSWER, JIMER, JOURNEY, TASK } from '../evidence/subjects';

/** Which events the rows of an end user come from. */
@ReadController('v1/jimers/:uid', 'jimers')
export class JimerEvidenceController {
  constructor(private readonly explanations: Explanations) {}

  @Get('explain')
  @ReadsWhatServes('jimers', 'journeys')
  @ApiOperation({
    operationId: 'explainJimer',
    summary: 'Which events the profile of an end user comes from',
    description: DESCRIPTION,
  })
  @ApiOkResponse({ type: ExplanationDto })
  @OtherLogIs409()
  @UnknownIs404()
  profile(
    @WorkspaceScope() workspace: string | null,
    @Grant() grant: ReadGrant,
    @UuidParam() jimerUid: string,
    @ValidQuery() query: ExplainQuery,
  ): Promise<ExplanationDto> {
    return this.explanations.explain(JIMER, { jimerUid }, workspace, query, isAdmin(grant));
  }

  @Get('experiences/:experienceUid/explain')
  @ReadsWhatServes('journeys')
  @ApiOperation({
    operationId: 'explainJourney',
    summary: 'Which events the journey of an end user through an experience comes from',
    description: DESCRIPTION,
  })
  @ApiOkResponse({ type: ExplanationDto })
  @OtherLogIs409()
  @UnknownIs404()
  journey(
    @WorkspaceScope() workspace: string | null,
    @Grant() grant: ReadGrant,
    @UuidParam() jimerUid: string,
    @UuidParam('experienceUid') experienceUid: string,
    @ValidQuery() query: ExplainQuery,
  ): Promise<ExplanationDto> {
    return this.explanations.explain(JOURNEY, { jimerUid, experienceUid }, workspace, query, isAdmin(grant));
  }

  @Get('experiences/:experienceUid/tasks/:taskUid/explain')
  @ReadsWhatServes('journeys')
  @ApiOperation({
    operationId: 'explainTask',
    summary: 'Which events the status of a task comes from',
    description: DESCRIPTION,
  })
  @ApiOkResponse({ type: ExplanationDto })
  @OtherLogIs409()
  @UnknownIs404()
  task(
    @WorkspaceScope() workspace: string | null,
    @Grant() grant: ReadGrant,
    @UuidParam() jimerUid: string,
    @UuidParam('experienceUid') experienceUid: string,
    @UidParam('taskUid') taskUid: string,
    @ValidQuery() query: ExplainQuery,
  ): Promise<ExplanationDto> {
    const key = { jimerUid, experienceUid, taskUid };
    return this.explanations.explain(TASK, key, workspace, query, isAdmin(grant));
  }

  @Get('experiences/:experienceUid/answers/:stepUid/explain')
  @ReadsWhatServes('journeys', 'surveys')
  @ApiOperation({
    operationId: 'explainAnswer',
    summary: 'Which events the newest answer to a step comes from',
    description: DESCRIPTION,
  })
  @ApiOkResponse({ type: ExplanationDto })
  @OtherLogIs409()
  @UnknownIs404()
  answer(
    @WorkspaceScope() workspace: string | null,
    @Grant() grant: ReadGrant,
    @UuidParam() jimerUid: string,
    @UuidParam('experienceUid') experienceUid: string,
    @UidParam('stepUid') stepUid: string,
    @ValidQuery() query: ExplainQuery,
  ): Promise<ExplanationDto> {
    const key = { jimerUid, experienceUid, stepUid };
    return this.explanations.explain(ANSWER, key, workspace, query, isAdmin(grant));
  }
}

const isAdmin = ({ scope }: ReadGrant): boolean => includesScope(scope, 'admin');
