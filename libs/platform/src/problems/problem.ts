import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';

/** What is wrong in the request, and where: a parameter's name or a path into the body. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

interface ProblemOptions {
  readonly detail?: string;
  readonly problems?: readonly FieldProblem[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** The body of an error response (RFC 9457). Its type is `about:blank`, so its title is that of the status. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly problems?: readonly FieldProblem[];
}

/** An error response. Everything in it except the cause is shown to the client. */
export class Problem extends HttpException {
  readonly body: ProblemBody;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, options: ProblemOptions = {}) {
    const body = problemBody(status, options.detail, options.problems);
    super(body, status, { cause: options.cause });
    this.body = body;
    this.headers = options.headers ?? {};
    this.message = options.detail ?? body.title;
  }
}

export function problemBody(
  status: number,
  detail?: string,
  problems?: readonly FieldProblem[],
): ProblemBody {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    ...(detail !== undefined && { detail }),
    ...(problems !== undefined && { problems }),
  };
}

/** 400 naming the parameter. */
export function badParameter(path: string, message: string): Problem {
  return badParameters([{ path, message }]);
}

export function badParameters(problems: readonly FieldProblem[]): Problem {
  return new Problem(400, {
    detail: problems.map(({ path, message }) => `${path} ${message}`).join('; '),
    problems,
  });
}

/** 401: there is no token or an unknown one. It does not say which. */
export function unauthorized(scheme = 'Bearer'): Problem {
  return new Problem(401, {
    detail: 'A valid token is needed.',
    headers: { 'www-authenticate': scheme },
  });
}

export function forbidden(detail: string): Problem {
  return new Problem(403, { detail });
}

export function notFound(detail: string): Problem {
  return new Problem(404, { detail });
}

/** 429: the client may retry after this many seconds (rounded up, at least 1). */
export function tooManyRequests(seconds: number, detail: string): Problem {
  return new Problem(429, {
    detail,
    headers: retryAfter(seconds),
  });
}

/** 503: nothing is wrong with the request, and the client may retry after this many seconds. */
export function unavailable(detail: string, seconds: number, cause?: unknown): Problem {
  return new Problem(503, { detail, headers: retryAfter(seconds), cause });
}

function retryAfter(seconds: number): Record<string, string> {
  return { 'retry-after': String(Math.max(1, Math.ceil(seconds))) };
}
