import type { ReadGrant } from '@app/platform';
import { Headers, Patch, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Grant, NeedsScope, WorkspaceScope } from '../../access/access';
import {
  ConflictIs409,
  problemContent,
  ReadController,
  UidParam,
  UnknownIs404,
} from '../../common/http/read-controller';
import { ValidBody } from '../../common/http/validation';
import { Reads } from '../../common/read-your-writes/positions';
import { FeedbackTriage } from './feedback-triage';
import { expectedVersions, versionTag } from './if-match';
import { TriagedItemDto, TriageDto } from './triage.dto';

@ReadController('v1/feedback', 'feedback')
@Reads('feedback')
@NeedsScope('triage')
export class TriageController {
  constructor(private readonly triage: FeedbackTriage) {}

  @Patch(':uid')
  @ApiOperation({ operationId: 'triageFeedback', summary: 'Changes how an item stands (scope triage)' })
  @ApiHeader({
    name: 'If-Match',
    required: true,
    description: 'The version that the change is based on, as the ETag says it: `"3"`. `*` is any.',
    schema: { type: 'string', example: '"1"' },
  })
  @ApiBody({
    type: TriageDto,
    examples: {
      plan: { summary: 'Plan it', value: { status: 'planned', tags: ['ux'], assignee: 'Kim', actor: 'Ana' } },
      clear: { summary: 'Nobody does it any more', value: { assignee: null } },
      merge: {
        summary: 'It repeats another',
        value: { mergedInto: 'b7a0c1de-5a4c-4c1c-9d0f-5d1f6f1b0c11' },
      },
    },
  })
  @ApiOkResponse({
    type: TriagedItemDto,
    description: 'The item as it will be; lists show it once `position` is projected (`Read-After`).',
    headers: { ETag: { description: 'The new version.', schema: { type: 'string' } } },
  })
  @UnknownIs404()
  @ConflictIs409('The item that it should be merged into is merged itself.')
  @ApiResponse({
    status: 412,
    description: 'Another change was faster: `ETag` has the version that the item has.',
    content: problemContent,
  })
  @ApiResponse({ status: 428, description: 'If-Match is missing.', content: problemContent })
  async change(
    @WorkspaceScope() workspace: string | null,
    @UidParam() uid: string,
    @Headers('if-match') ifMatch: string | undefined,
    @Grant() grant: ReadGrant,
    @ValidBody() change: TriageDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TriagedItemDto> {
    const expected = expectedVersions(ifMatch);
    const item = await this.triage.change({ workspace, uid, expected, grant }, change);
    void reply.header('etag', versionTag(item.version));
    return item;
  }
}
