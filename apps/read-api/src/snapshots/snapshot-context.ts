import { AsyncLocalStorage } from 'node:async_hooks';
import { SNAPSHOT_NAME, snapshotSchema, sqlState, VIEWS_SCHEMA } from '@app/engine-postgres';
import { badParameter } from '@app/platform';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { catchError, type Observable } from 'rxjs';
import { READ_AFTER, READ_PROJECTIONS, WHAT_SERVES } from '../common/read-your-writes/positions';

const current = new AsyncLocalStorage<string>();

/** The snapshot that the request which is being answered reads; undefined: what serves. */
export function currentSnapshot(): string | undefined {
  return current.getStore();
}

const VIEWS = new RegExp(`(?<![\\w"])("?)${VIEWS_SCHEMA}\\1\\.`, 'g');

/** A statement over the stable views as one over those of a snapshot. Values are parameters, never part of the text. */
export function inSnapshot(sql: string, snapshot: string): string {
  return sql.replace(VIEWS, `"${snapshotSchema(snapshot)}".`);
}

const KEPT = `SELECT projection FROM engine.generation
  WHERE snapshot = $1 AND state = 'snapshot' AND drop_requested_at IS NULL`;

interface Database {
  planned<T>(sql: string, parameters: readonly unknown[]): Promise<T[]>;
}

/** `?snapshot=`: lets everything that a handler reads come from the views of one snapshot. */
export class SnapshotContext implements NestInterceptor {
  constructor(
    private readonly database: Database,
    private readonly reflector: Reflector,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const { query, headers, method } = context.switchToHttp().getRequest<FastifyRequest>();
    const name = (query as { readonly snapshot?: unknown } | undefined)?.snapshot;
    if (name === undefined) return next.handle();
    if (Array.isArray(name)) throw badParameter('snapshot', 'is given more than once');
    if (typeof name !== 'string' || !SNAPSHOT_NAME.test(name)) throw badParameter('snapshot', NAME_MESSAGE);
    const places = [context.getHandler(), context.getClass()];
    const read = this.reflector.getAllAndOverride<readonly string[] | undefined>(READ_PROJECTIONS, places);
    if (this.reflector.getAllAndOverride<boolean | undefined>(WHAT_SERVES, places) === true)
      throw badParameter('snapshot', 'cannot be given: this compares what serves with the log');
    if ((query as { readonly asOf?: unknown }).asOf !== undefined)
      throw badParameter('snapshot', 'cannot be given with asOf: each says as of when');
    if (read === undefined || (method !== 'GET' && method !== 'HEAD'))
      throw badParameter('snapshot', 'cannot be given: this is no read of a read model');
    if (headers[READ_AFTER] !== undefined)
      throw badParameter('Read-After', 'cannot be given with snapshot, which no later event changes');
    const kept = await this.database.planned<{ projection: string }>(KEPT, [name]);
    const missing = read.filter((each) => !kept.some(({ projection }) => projection === each));
    if (missing.length > 0)
      throw badParameter(
        'snapshot',
        `names none of ${missing.join(', ')}: this reads ${read.join(', ')}, and all of them need a snapshot ${name}`,
      );
    // Nest binds what comes next to the context in which `handle` is called.
    return current
      .run(name, () => next.handle())
      .pipe(
        catchError((error: unknown) => {
          throw LACKING_STATES.has(sqlState(error)) ? badParameter('snapshot', LACKING) : error;
        }),
      );
  }
}

/** No such table or column. No projector will ever build it, so that this is no answer to come again for. */
const LACKING_STATES: ReadonlySet<string | null> = new Set(['42P01', '42703']);
const LACKING =
  'cannot be read here: it was dropped just now, or an older version made it without what this reads';

export const NAME_MESSAGE =
  'must be 1 to 31 lower-case letters, digits and underscores, the first of them a letter';
