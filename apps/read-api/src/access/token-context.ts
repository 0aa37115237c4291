import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { GrantedRequest } from './access';

const current = new AsyncLocalStorage<string>();

/** The key of the token whose request is being answered; empty outside of requests, and where none is needed. */
export function currentTokenKey(): string {
  return current.getStore() ?? '';
}

/** Lets everything that a handler does know whose request it answers. Has to be the first interceptor. */
export class TokenContext implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { token } = context.switchToHttp().getRequest<GrantedRequest>();
    // Nest binds what comes next to the context in which `handle` is called.
    return token ? current.run(token.tokenKey, () => next.handle()) : next.handle();
  }
}
