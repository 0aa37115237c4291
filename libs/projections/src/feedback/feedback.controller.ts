import {
  Exported,
  onlyOne,
  ReadController,
  Reads,
  UidParam,
  UnknownIs404,
  ValidQuery,
  WorkspaceScope,
} from '@app/platform';
import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { type FeedbackDto, FeedbackItemDto, FeedbackPageDto, FeedbackQuery } from './feedback.dto';
import { FEEDBACK_COLUMNS } from './feedback.export';
import { FeedbackQueries } from './feedback.queries';

@ReadController('v1/feedback', 'feedback')
@Reads('feedback')
export class FeedbackController {
  constructor(private readonly feedback: FeedbackQueries) {}

  @Get()
  @ApiOperation({ summary: 'The backlog of submitted feedback, newest first' })
  @ApiOkResponse({ type: FeedbackPageDto })
  @Exported<FeedbackDto>('feedback', FEEDBACK_COLUMNS)
  list(@WorkspaceScope() workspace: string | null, @ValidQuery() query: FeedbackQuery) {
    return this.feedback.list(workspace, query);
  }

  @Get(':uid')
  @ApiOperation({ summary: 'An item of the backlog' })
  @ApiOkResponse({ type: FeedbackItemDto })
  @UnknownIs404()
  async get(@WorkspaceScope() workspace: string | null, @UidParam() uid: string): Promise<FeedbackItemDto> {
    return onlyOne(await this.feedback.find(uid, workspace), 'feedback item');
  }
}
