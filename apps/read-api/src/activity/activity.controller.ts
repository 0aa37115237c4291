import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { WorkspaceScope } from '../access/access';
import { ReadController } from '../common/http/read-controller';
import { ValidQuery } from '../common/http/validation';
import { Activity } from './activity';
import { ActivityDto, ActivityQuery } from './activity.dto';

@ReadController('v1/activity', 'stream')
export class ActivityController {
  constructor(private readonly activity: Activity) {}

  @Get()
  @ApiOperation({
    operationId: 'getActivity',
    summary: 'Events per minute by kind, just now',
    description:
      'By the minute in which they arrived, redeliveries included. Counted from the log while somebody asks; a 503 when it does not answer.',
  })
  @ApiOkResponse({ type: ActivityDto })
  get(
    @WorkspaceScope() workspace: string | null,
    @ValidQuery() { minutes }: ActivityQuery,
  ): Promise<ActivityDto> {
    return this.activity.of(workspace, minutes);
  }
}
