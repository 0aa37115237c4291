import { Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { WorkspaceScope } from '../access/access';
import { onlyOne } from '../common/http/only-one';
import { ReadController, UidParam, UnknownIs404 } from '../common/http/read-controller';
import { ValidQuery } from '../common/http/validation';
import { Reads } from '../common/read-your-writes/positions';
import { FeedbackItemDto } from './feedback.dto';
import { FeedbackQueries } from './feedback.queries';
import { FeedbackSummary } from './feedback.summary';
import { FeedbackSummaryDto, FeedbackSummaryQuery } from './feedback.summary.dto';
import { versionTag } from './triage/if-match';

@ReadController('v1/feedback', 'feedback')
@Reads('feedback')
export class FeedbackController {
  constructor(
    private readonly feedback: FeedbackQueries,
    private readonly summaries: FeedbackSummary,
  ) {}

  @Get('summary')
  @ApiOperation({
    operationId: 'getFeedbackSummary',
    summary: 'How many items are in which status, by project, tag and week',
  })
  @ApiOkResponse({ type: FeedbackSummaryDto })
  summary(
    @WorkspaceScope() workspace: string | null,
    @ValidQuery() { projectUid }: FeedbackSummaryQuery,
  ): Promise<FeedbackSummaryDto> {
    return this.summaries.of(workspace, projectUid ?? null);
  }

  @Get(':uid')
  @ApiOperation({ operationId: 'getFeedback', summary: 'An item of the backlog, with its history' })
  @ApiOkResponse({
    type: FeedbackItemDto,
    headers: { ETag: { description: 'The version, for `If-Match`.', schema: { type: 'string' } } },
  })
  @UnknownIs404()
  async get(
    @WorkspaceScope() workspace: string | null,
    @UidParam() uid: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FeedbackItemDto> {
    const item = onlyOne(await this.feedback.find(uid, workspace), 'feedback item');
    void reply.header('etag', versionTag(item.version));
    return item;
  }
}
