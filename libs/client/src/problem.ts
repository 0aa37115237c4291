import type { components } from './schema';

/** The body of an error answer (RFC 9457): `problems` names the parameters or fields that are wrong. */
export type Problem = components['schemas']['ProblemDto'];

/** What to do about an error answer; `failed` is one that has no other name. */
export type ProblemKind =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'outdated'
  | 'too-many-requests'
  | 'unavailable'
  | 'not-yet'
  | 'failed';

const KINDS: Readonly<Record<number, ProblemKind>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  412: 'outdated',
  422: 'invalid',
  429: 'too-many-requests',
  503: 'unavailable',
  504: 'not-yet',
};

/** An error answer of the read API. */
export class ReadApiProblem extends Error {
  override readonly name = 'ReadApiProblem';
  readonly status: number;
  readonly kind: ProblemKind;

  constructor(
    readonly problem: Problem,
    readonly response: Response,
  ) {
    super(`${problem.status} ${problem.title}${problem.detail === undefined ? '' : `: ${problem.detail}`}`);
    this.status = response.status;
    this.kind = KINDS[response.status] ?? 'failed';
  }

  /** After how many seconds to ask again, where the answer says so. */
  get retryAfter(): number | null {
    const seconds = Number(this.response.headers.get('retry-after') ?? NaN);
    return Number.isFinite(seconds) ? seconds : null;
  }
}

/** The problem in an error's body; of what something in between answered, its status. */
export function problemOf(body: unknown, { status, statusText }: Response): Problem {
  if (typeof body === 'object' && body !== null && 'status' in body && 'title' in body)
    return body as Problem;
  const detail = typeof body === 'string' && body !== '' ? { detail: body.slice(0, 500) } : {};
  return { type: 'about:blank', title: statusText === '' ? 'Error' : statusText, status, ...detail };
}
