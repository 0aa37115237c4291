import { AsyncResource } from 'node:async_hooks';
import { badParameters } from '@app/platform';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { firstValueFrom, type Observable, of } from 'rxjs';
import type { GrantedRequest } from '../../access/access';
import { EXPORTED, type ExportedList } from './exported';
import { EXPORT_PAGE, type Exports } from './exports';
import { askedExport } from './formats';

type Query = Readonly<Record<string, unknown>>;

/**
 * A list that is asked for as NDJSON or CSV is answered whole. Its handler is called once per page, with
 * `cursor` and `limit` in the query as a client would put them there: what a token may see, filters and their
 * refusals are those of the list.
 */
export class ExportInterceptor implements NestInterceptor {
  constructor(
    private readonly exports: Exports,
    private readonly reflector: Reflector,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const list = this.reflector.get<ExportedList | undefined>(EXPORTED, context.getHandler());
    if (!list) return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest & GrantedRequest>();
    const reply = http.getResponse<FastifyReply>();
    void reply.header('vary', 'accept');
    const format = askedExport(request.headers.accept);
    // Nobody reads the body that a HEAD has no room for.
    if (!format || request.method === 'HEAD') return next.handle();
    const asked = request.query as Query;
    refusePaging(asked);
    // Later pages are asked for when the client has read the one before, which is no part of the request.
    const ask = AsyncResource.bind((cursor: string | null) => {
      request.query = { ...asked, limit: String(EXPORT_PAGE), ...(cursor !== null && { cursor }) };
      return firstValueFrom(next.handle());
    });
    const body = await this.exports.begin(request.token!.tokenKey, list, format, ask);
    void reply
      .header('content-type', format.contentType)
      .header('content-disposition', `attachment; filename="${list.name}.${format.name}"`);
    return of(body);
  }
}

/** @throws {Problem} 400 naming each of them */
function refusePaging(query: Query): void {
  const given = ['limit', 'cursor'].filter((name) => query[name] !== undefined);
  if (given.length > 0)
    throw badParameters(
      given.map((path) => ({ path, message: 'is for pages: an export is the whole list' })),
    );
}
