import { includesScope, type ReadGrant } from '@app/platform';
import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Grant, WorkspaceScope } from '../access/access';
import { ReadController, UidParam, UnknownIs404 } from '../common/http/read-controller';
import { ValidQuery } from '../common/http/validation';
import { ReadsWhatServes } from '../common/read-your-writes/positions';
import { DESCRIPTION, ExplanationDto, ExplainQuery, OtherLogIs409 } from '../evidence/explain.dto';
import { Explanations } from '../evidence/explanations';
import { FEEDBACK } from '../evidence/subjects';

/** Which events an item of the backlog comes from. */
@ReadController('v1/feedback/:uid', 'feedback')
export class FeedbackEvidenceController {
  constructor(private readonly explanations: Explanations) {}

  @Get('explain')
  @ReadsWhatServes('feedback', 'journeys')
  @ApiOperation({
    operationId: 'explainFeedback',
    summary: 'Which events an item of the backlog comes from: its submission and its triage',
    description: DESCRIPTION,
  })
  @ApiOkResponse({ type: ExplanationDto })
  @OtherLogIs409()
  @UnknownIs404()
  explain(
    @WorkspaceScope() workspace: string | null,
    @Grant() grant: ReadGrant,
    @UidParam() requestUid: string,
    @ValidQuery() query: ExplainQuery,
  ): Promise<ExplanationDto> {
    const showsRejected = includesScope(grant.scope, 'admin');
    return this.explanations.explain(FEEDBACK, { requestUid }, workspace, query, showsRejected);
  }
}
