import { Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { WorkspaceScope } from '../access/access';
import { Exported } from '../exports/exported';
import { ReadController, UidParam, UnknownIs404 } from '../http/read-controller';
import { ValidQuery } from '../http/validation';
import { Reads } from '../read-your-writes/positions';
import { onlyOne } from '../rows/only-one';
import { FeedbackItemDto, FeedbackPageDto, FeedbackQuery, type FeedbackDto } from './feedback.dto';
import { FEEDBACK_COLUMNS } from './feedback.export';
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

  @Get()
  @ApiOperation({ operationId: 'listFeedback', summary: 'The backlog of submitted feedback, newest first' })
  @ApiOkResponse({ type: FeedbackPageDto })
  @Exported<FeedbackDto>('feedback', FEEDBACK_COLUMNS)
  list(@WorkspaceScope() workspace: string | null, @ValidQuery() query: FeedbackQuery) {
    return this.feedback.list(workspace, query);
  }

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
