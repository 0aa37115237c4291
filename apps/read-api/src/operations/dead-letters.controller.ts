import { NeedsScope, PageQuery, ReadController, ValidQuery, WorkspaceScope } from '@app/platform';
import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { DeadLettersQueries } from './dead-letters.queries';
import { DeadLetterPageDto } from './projections.dto';

@ReadController('v1/dead-letters', 'set aside')
@NeedsScope('admin')
export class DeadLettersController {
  constructor(private readonly deadLetters: DeadLettersQueries) {}

  @Get()
  @ApiOperation({ summary: 'Records that a projection could not apply, with the reason (scope admin)' })
  @ApiOkResponse({ type: DeadLetterPageDto })
  list(@WorkspaceScope() workspace: string | null, @ValidQuery() page: PageQuery) {
    return this.deadLetters.list(workspace, page);
  }
}
