import { LONGEST_TOKEN } from '@app/projections';
import { Get, Headers, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { WorkspaceScope } from '../access/access';
import { etagOf, isKnownTag } from '../common/http/etag';
import { ReadController, UidParam, UnknownIs404 } from '../common/http/read-controller';
import { ValidQuery } from '../common/http/validation';
import { Reads } from '../common/read-your-writes/positions';
import { JimerStateDto, StateQuery } from './state-by-token.dto';
import { StateByTokenQueries } from './state-by-token.queries';

@ReadController('v1/jimers/by-token/:identifyToken', 'jimers')
export class StateByTokenController {
  constructor(private readonly states: StateByTokenQueries) {}

  @Get('state')
  @Reads('jimers', 'journeys')
  @ApiOperation({
    operationId: 'getStateByToken',
    summary: 'Where an end user stands in every experience, to be asked at page load',
    description:
      'By the own id that the application gave the user; a placeholder that many visitors share (`undefined`, `null`, `0`, …) is a 404. With `If-None-Match` and the `ETag` of the last answer, ' +
      'an unchanged state is a 304 without a body.',
  })
  @ApiHeader({ name: 'If-None-Match', required: false, schema: { type: 'string' } })
  @ApiOkResponse({
    type: JimerStateDto,
    headers: { ETag: { schema: { type: 'string' }, description: 'Changes with the answer.' } },
  })
  @ApiResponse({ status: 304, description: 'Nothing has changed.' })
  @UnknownIs404()
  async state(
    @WorkspaceScope() workspace: string | null,
    @UidParam('identifyToken', { longest: LONGEST_TOKEN }) identifyToken: string,
    @ValidQuery() query: StateQuery,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JimerStateDto | undefined> {
    const state = await this.states.find(identifyToken, workspace, query);
    const etag = etagOf(JSON.stringify(state));
    // Whoever keeps it has to ask whether it still holds.
    void reply.headers({ etag, 'cache-control': 'private, no-cache' });
    if (!isKnownTag(ifNoneMatch, etag)) return state;
    void reply.code(304);
    return undefined;
  }
}
