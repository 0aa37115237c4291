import { includesScope, type ReadGrant } from '@app/platform';
import { Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Grant, TokenOf, WorkspaceScope, type ValidToken } from '../access/access';
import { Exported } from '../common/exports/exported';
import { problemContent, ReadController } from '../common/http/read-controller';
import { ValidQuery } from '../common/http/validation';
import { LogSearch } from './log-search';
import { LogPageDto, LogQuery, type LogEventDto } from './log.dto';

const DESCRIPTION = `The events as they were received, with their headers. A page searches a limited part of the log: it
may hold fewer events than its limit, or none, and \`nextCursor\` continues where it ended; \`scannedTo\` and
\`remaining\` say how far it has come. Events that are appended meanwhile come in no later page.

A token of scope admin also finds rejected events (quarantined and unrecognized), and one for all workspaces records
of other producers. Events of erased persons are not found. With \`Accept: application/x-ndjson\` everything that is
found is one file: with \`jimerUid\` and a token of scope admin, all that the log holds of one person.`;

@ReadController('v1/log', 'log')
export class LogController {
  constructor(private readonly log: LogSearch) {}

  @Get()
  @ApiOperation({
    operationId: 'searchLog',
    summary: 'Events in the log, newest first',
    description: DESCRIPTION,
  })
  @ApiOkResponse({ type: LogPageDto })
  @ApiResponse({
    status: 404,
    description: 'There is no event at the position, or not any more.',
    content: problemContent,
  })
  @Exported<LogEventDto>('log', [
    'position',
    'appendedAt',
    'workspace',
    'id',
    'event',
    'time',
    'headers',
    'value',
  ])
  async search(
    @WorkspaceScope() workspace: string | null,
    @Grant() grant: ReadGrant,
    @TokenOf() { tokenKey }: ValidToken,
    @ValidQuery() query: LogQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LogPageDto> {
    const reach = includesScope(grant.scope, 'admin') ? 'every record' : 'accepted events';
    const gone = new AbortController();
    const leave = (): void => gone.abort();
    reply.raw.once('close', leave);
    if (reply.raw.destroyed) leave();
    try {
      return await this.log.page(query, { tokenKey, workspace, reach }, gone.signal);
    } finally {
      reply.raw.off('close', leave);
    }
  }
}
