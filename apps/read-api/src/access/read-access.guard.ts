import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import {
  type GuessLimit,
  type TokenRateLimit,
  forbidden,
  assertOwnHost,
  presentedTokens,
  includesScope,
  type ReadGrant,
  type Scope,
  type Tokens,
  PUBLIC,
} from '@app/platform';
import {
  ALL_WORKSPACES,
  assertAllWorkspaces,
  NEEDED_SCOPE,
  workspaceOf,
  type GrantedRequest,
} from './access';

/** Lets a request through whose bearer token has the scope that the handler needs. */
export class ReadAccessGuard implements CanActivate {
  constructor(
    private readonly tokens: Tokens<ReadGrant>,
    private readonly rateLimit: TokenRateLimit,
    private readonly guesses: GuessLimit,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, places) === true) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest & GrantedRequest>();
    const match = this.tokens.matchAny(presentedTokens(request));
    if (!match) throw await this.guesses.refusal(request.ip);
    assertOwnHost(match, request.headers.host);
    await this.rateLimit.take(match.tokenKey);
    const needed = this.reflector.getAllAndOverride<Scope | undefined>(NEEDED_SCOPE, places) ?? 'read';
    if (!includesScope(match.grant.scope, needed)) throw forbidden(`This needs a token of scope ${needed}.`);
    if (this.reflector.getAllAndOverride<boolean | undefined>(ALL_WORKSPACES, places) === true)
      assertAllWorkspaces(match.grant, request.query);
    // Also where the handler makes nothing of it: whoever asks for another workspace is told that it is another's.
    else workspaceOf(match.grant, request.query);
    request.grant = match.grant;
    const { tokenKey } = match;
    request.token = { tokenKey, isWelcome: () => this.tokens.holds(tokenKey) };
    return true;
  }
}
