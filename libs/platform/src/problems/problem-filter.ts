import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../logging/logger';
import { databaseProblem } from '../database/database-problem';
import { Sparingly } from '../logging/sparingly';
import { Problem, problemBody, type ProblemBody } from './problem';

export const PROBLEM_JSON = 'application/problem+json';

interface Answer {
  readonly body: ProblemBody;
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers every error as problem+json: those of this code, Nest and Fastify, and unexpected ones. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  /** By status, so that a flood of one does not suppress the lines of another. */
  private readonly lines = new Map<number, Sparingly>();

  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const { body, headers } = answerTo(error, request.routeOptions.bodyLimit);
    const route = request.routeOptions.url ?? 'none';
    const about = { method: request.method, route, status: body.status };
    if (body.status === 500) this.linesOf(500).write('error', { err: error, ...about }, 'request failed');
    else if (body.status > 500)
      this.linesOf(body.status).write('warn', { reason: reasonOf(error), ...about }, 'request failed');
    if (reply.sent || reply.raw.headersSent) return;
    void reply.code(body.status).headers(headers).type(PROBLEM_JSON).send(JSON.stringify(body));
  }

  private linesOf(status: number): Sparingly {
    const lines = this.lines.get(status) ?? new Sparingly(this.logger);
    this.lines.set(status, lines);
    return lines;
  }
}

/**
 * The response to an error, which says nothing about the cause of a 500.
 *
 * @param bodyLimit of the route, in bytes
 */
export function answerTo(error: unknown, bodyLimit?: number): Answer {
  const known = error instanceof Problem ? error : databaseProblem(error);
  if (known) return { body: known.body, headers: known.headers };
  if (error instanceof HttpException) return { body: refusalBody(error.getStatus(), bodyLimit), headers: {} };
  // Errors of Fastify that reach no route of Nest, such as a malformed URL.
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  const refused = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
  return { body: refused ? refusalBody(statusCode, bodyLimit) : problemBody(500), headers: {} };
}

const DETAILS: Readonly<Record<number, string>> = {
  400: 'The URL, a header or the body of the request is malformed.',
  404: 'There is nothing at this path.',
  408: 'The request took too long to arrive.',
  413: 'The body is too large.',
  414: 'A part of the path is too long.',
  415: 'The content type must be application/json.',
  431: 'The URL and the headers of the request are too large.',
};

/**
 * The response to a request that Node, Fastify or Nest refused. It never uses their words, which may repeat the whole URL
 * with `?token=`.
 */
export function refusalBody(status: number, bodyLimit?: number): ProblemBody {
  const tooLarge = status === 413 && bodyLimit !== undefined;
  return problemBody(status, tooLarge ? `The body may have at most ${bodyLimit} bytes.` : DETAILS[status]);
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Problem ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
