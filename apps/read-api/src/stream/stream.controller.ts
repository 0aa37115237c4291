import { badParameter } from '@app/platform';
import { Get, Req, Res } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOkResponse, ApiOperation, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TokenOf, WorkspaceScope, type ValidToken } from '../access/access';
import { ReadController } from '../common/http/read-controller';
import { ValidQuery } from '../common/http/validation';
import { ChangeFeed } from './change-feed';
import { ChangeDto, StreamQuery } from './stream.dto';

const DESCRIPTION = `Server-sent events. A \`change\` is told once every projection that reads it has committed
it: whoever reads the API then finds it. It is told at least once.

- \`change\`: something happened. Its data is a ChangeDto; read what you show of it.
- \`reset\`: this stream cannot go on where you were (\`too-old\`, \`another-log\`, \`foreign-id\`). Read anew what
  you show; changes from now on follow.
- \`close\`: the server ends the stream (\`too-slow\`, \`shutting-down\`, \`restarted\`: come again;
  \`token-withdrawn\`: come with another token).

Come again with the last \`id\` in \`Last-Event-ID\`, and the stream goes on from there. Comments, and ids without an
event, come every 15 seconds. The token goes in the header, as everywhere: use \`fetch\` where EventSource can send none.`;

@ReadController('v1/stream', 'stream')
export class StreamController {
  constructor(private readonly feed: ChangeFeed) {}

  @Get()
  @ApiOperation({ operationId: 'streamChanges', summary: 'Changes, live', description: DESCRIPTION })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The last id that was received.' })
  @ApiExtraModels(ChangeDto)
  @ApiOkResponse({
    content: {
      'text/event-stream': {
        schema: { type: 'string', description: `The data of a change: ${getSchemaPath(ChangeDto)}` },
        example:
          'id: AQM\nevent: change\ndata: {"id":"0d4ad1a0-3bd2-5e2f-8d3a-0a3f6c1d2b11","event":"tour.started","kind":"engagement","time":"2025-02-21T08:15:03.000Z","workspace":"default","jimerUid":"17dff65e-434d-4454-bb57-a1167fefbb6b","experienceUid":"550433b7-6b40-4f4a-a8bc-79ad2a55a847","requestUid":null,"position":"jimo.engagement/3@17"}\n\n',
      },
    },
  })
  async stream(
    @TokenOf() token: ValidToken,
    @WorkspaceScope() workspace: string | null,
    @ValidQuery() query: StreamQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const last = request.headers['last-event-id'];
    if (Array.isArray(last)) throw badParameter('Last-Event-ID', 'is given more than once');
    const filter = {
      workspace,
      jimerUid: query.jimerUid ?? null,
      experienceUid: query.experienceUid ?? null,
      kinds: query.kind ? new Set(query.kind) : null,
      events: query.event ? new Set(query.event) : null,
    };
    if (request.method === 'HEAD') return void reply.type('text/event-stream; charset=utf-8').send();
    await this.feed.stream(filter, token, last === undefined || last === '' ? null : last, () => {
      if (reply.raw.destroyed) return null;
      reply.hijack();
      return reply.raw;
    });
  }
}
