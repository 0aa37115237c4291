import { Readable } from 'node:stream';
import type { DiffPart, TableDifference } from '@app/engine-postgres';
import { Get, Param, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ActsOnAllWorkspaces, NeedsScope } from '../../access/access';
import { ReadController, UnknownIs404 } from '../../common/http/read-controller';
import { ValidQuery } from '../../common/http/validation';
import { DiffDto, DiffQuery } from './diff.dto';
import { Diffs } from './diffs';
import { declared } from './projections.queries';

@ReadController('v1/projections/:name/diff', 'operations', 'all workspaces')
@NeedsScope('admin')
@ActsOnAllWorkspaces()
export class DiffController {
  constructor(private readonly diffs: Diffs) {}

  @Get()
  @ApiOperation({
    operationId: 'diffGenerations',
    summary: 'How two generations or snapshots of a projection differ (scope admin)',
    description:
      'Rows added, removed and changed, by table and column, and the figures of tallies on both sides, with some rows of each kind. Both sides are of one moment. The answer is sent as it is found; one that breaks off is incomplete.',
  })
  @ApiOkResponse({ type: DiffDto })
  @UnknownIs404()
  async diff(
    @Param('name') name: string,
    @ValidQuery() { from, to }: DiffQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    declared(name);
    const gone = new AbortController();
    const leave = (): void => gone.abort(new Error('the client is gone'));
    reply.raw.once('close', leave);
    // It may be gone already: then nothing tells of it any more.
    if (reply.raw.destroyed) leave();
    const parts = await this.diffs.begin(name, from, to, gone.signal);
    void reply.type('application/json; charset=utf-8');
    if (request.method === 'HEAD') {
      gone.abort(new Error('nobody reads the body'));
      return void reply.send();
    }
    void reply.send(Readable.from(jsonOf(name, parts), { objectMode: false }));
  }
}

/** The text of a `DiffDto`, as its parts come: the generations, then the tables, then the tallies. */
async function* jsonOf(projection: string, parts: AsyncIterable<DiffPart>): AsyncGenerator<string> {
  let before: DiffPart['part'] = 'generations';
  for await (const part of parts) {
    if (part.part === 'generations') {
      yield `${JSON.stringify({ projection, from: part.from, to: part.to }).slice(0, -1)},"tables":[`;
      continue;
    }
    const isFirstTally = part.part === 'tally' && before !== 'tally';
    const separator = isFirstTally ? '],"tallies":[' : before === 'generations' ? '' : ',';
    before = part.part;
    yield separator + JSON.stringify(shown(part.difference));
  }
  yield before === 'tally' ? ']}' : '],"tallies":[]}';
}

const STATUS = {
  compared: 'compared',
  'not comparable': 'notComparable',
  'only from': 'onlyFrom',
  'only to': 'onlyTo',
} as const satisfies Record<TableDifference['status'], string>;

function shown(difference: TableDifference): object {
  return { ...difference, status: STATUS[difference.status] };
}
