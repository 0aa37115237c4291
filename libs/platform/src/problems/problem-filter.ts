import {
  Catch,
  HttpException,
  NotFoundException,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { databaseProblem } from '../database/database-problem';
import { pathOf } from '../logging/logger';
import { Problem, problemBody, type ProblemBody } from './problem';

export const PROBLEM_JSON = 'application/problem+json';

interface Answer {
  readonly body: ProblemBody;
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers every error as problem+json: ours, Nest's, Fastify's, and those that nobody expected. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const { body, headers } = answerTo(error);
    const about = { method: request.method, path: pathOf(request.url), status: body.status };
    if (body.status === 500) this.logger.error({ err: error, ...about }, 'request failed');
    // Known to pass, and there may be many.
    else if (body.status > 500) this.logger.warn({ reason: reasonOf(error), ...about }, 'request failed');
    if (reply.sent || reply.raw.headersSent) return;
    void reply.code(body.status).headers(headers).type(PROBLEM_JSON).send(JSON.stringify(body));
  }
}

/** What the client gets to see of an error; nothing of the cause of a 500. */
export function answerTo(error: unknown): Answer {
  const known = error instanceof Problem ? error : databaseProblem(error);
  if (known) return { body: known.body, headers: known.headers };
  // Nest's own names the whole URL, and `?token=` with it.
  if (error instanceof NotFoundException) return plain(404, 'There is nothing at this path.');
  if (error instanceof HttpException) {
    const status = error.getStatus();
    return plain(status, status < 500 ? error.message : undefined);
  }
  // Errors of Fastify that reach no route of Nest's: a malformed URL, say.
  const { statusCode, message } = (error ?? {}) as { statusCode?: unknown; message?: unknown };
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500)
    return plain(statusCode, typeof message === 'string' ? message : undefined);
  return plain(500);
}

function plain(status: number, detail?: string): Answer {
  return { body: problemBody(status, detail), headers: {} };
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Problem ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
