import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Observable } from 'rxjs';
import type { GrantedRequest } from './access';

/** The request that is being answered. */
export interface Answering {
  readonly tokenKey: string;
  /** Ends when its client is gone, or has its answer. */
  readonly gone: () => AbortSignal;
}

const current = new AsyncLocalStorage<Answering>();
const NEVER = new AbortController().signal;

/** The key of the token whose request is being answered; empty outside of requests, and where none is needed. */
export function currentTokenKey(): string {
  return current.getStore()?.tokenKey ?? '';
}

/** Ends when the client of the request that is being answered is gone; never outside of requests. */
export function whenClientLeaves(): AbortSignal {
  return current.getStore()?.gone() ?? NEVER;
}

export const whileAnswering = <T>(request: Answering, answer: () => T): T => current.run(request, answer);

/** Lets everything that a handler does know whose request it answers. Has to be the first interceptor. */
export class TokenContext implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const { token } = http.getRequest<GrantedRequest>();
    // Nest binds what comes next to the context in which `handle` is called.
    if (!token) return next.handle();
    const { raw } = http.getResponse<FastifyReply>();
    return whileAnswering({ tokenKey: token.tokenKey, gone: onceClosed(raw) }, () => next.handle());
  }
}

/** Few handlers ask: a response that nobody asks of gets no listener. */
function onceClosed(raw: FastifyReply['raw']): () => AbortSignal {
  let closed: AbortController | null = null;
  return () => {
    if (closed) return closed.signal;
    const made = (closed = new AbortController());
    if (raw.destroyed) made.abort();
    else raw.once('close', () => made.abort());
    return made.signal;
  };
}
