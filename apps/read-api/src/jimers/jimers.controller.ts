import { Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Exported } from '../exports/exported';
import { onlyOne } from '../rows/only-one';
import { ReadController, UnknownIs404, UuidParam } from '../http/read-controller';
import { Reads } from '../read-your-writes/positions';
import { ValidQuery } from '../http/query.decorator';
import { WorkspaceScope } from '../access/access';
import { JIMER_COLUMNS, JimerDto, JimerPageDto, JimersQuery } from './jimers.dto';
import { JimersQueries } from './jimers.queries';

@ReadController('v1/jimers', 'jimers')
@Reads('jimers')
export class JimersController {
  constructor(private readonly jimers: JimersQueries) {}

  @Get()
  @ApiOperation({ operationId: 'listJimers', summary: 'End users' })
  @ApiOkResponse({ type: JimerPageDto })
  @Exported<JimerDto>('jimers', JIMER_COLUMNS)
  list(@WorkspaceScope() workspace: string | null, @ValidQuery() query: JimersQuery) {
    return this.jimers.list(workspace, query);
  }

  @Get(':uid')
  @ApiOperation({
    operationId: 'getJimer',
    summary: 'An end user, as the newest event that carried it shows it',
  })
  @ApiOkResponse({ type: JimerDto })
  @UnknownIs404()
  async get(@WorkspaceScope() workspace: string | null, @UuidParam() uid: string): Promise<JimerDto> {
    return onlyOne(await this.jimers.find(uid, workspace), 'jimer');
  }
}
