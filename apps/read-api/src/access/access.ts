import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { badParameter, forbidden, type ReadGrant, type Scope } from '@app/platform';
import { isStorable, LONGEST_PARAMETER } from '../common/parameters/text';

export const NEEDED_SCOPE = 'platform:scope';
export const ALL_WORKSPACES = 'platform:all-workspaces';

/** The scope that a token must include; `read` where nothing is said. */
export const NeedsScope = (scope: Scope): ClassDecorator & MethodDecorator =>
  SetMetadata(NEEDED_SCOPE, scope);

/** What the handler does concerns every workspace: a token that is limited to one does not reach it. */
export const ActsOnAllWorkspaces = (): ClassDecorator & MethodDecorator => SetMetadata(ALL_WORKSPACES, true);

/** A token that was accepted. */
export interface ValidToken {
  /** Tells it from others, and is no secret. */
  readonly tokenKey: string;
  /** Whether it still is one of ours: an answer may go on for longer than a token does. */
  readonly isWelcome: () => boolean;
}

/** A request whose token was accepted by the guard. */
export interface GrantedRequest {
  grant?: ReadGrant;
  token?: ValidToken;
  readonly query: unknown;
}

/**
 * The workspace that a request is limited to: its token's, or `?workspace=`; null for all.
 *
 * @throws {Problem} 400 for an unusable parameter, 403 when the token is bound to another workspace
 */
export function workspaceOf(grant: ReadGrant, query: unknown): string | null {
  const asked = (query as { workspace?: unknown } | null | undefined)?.workspace;
  if (asked === undefined) return grant.workspace;
  if (Array.isArray(asked)) throw badParameter('workspace', 'is given more than once');
  if (typeof asked !== 'string' || asked === '' || asked.length > LONGEST_PARAMETER || !isStorable(asked))
    throw badParameter('workspace', `must be a text of 1 to ${LONGEST_PARAMETER} characters without U+0000`);
  if (grant.workspace !== null && grant.workspace !== asked)
    throw forbidden('The token is bound to another workspace.');
  return asked;
}

/** @throws {Problem} 403 for a token of one workspace, 400 when the request names one */
export function assertAllWorkspaces(grant: ReadGrant, query: unknown): void {
  if (grant.workspace !== null)
    throw forbidden('This acts on all workspaces, and the token is limited to one.');
  if (workspaceOf(grant, query) !== null)
    throw badParameter('workspace', 'cannot be given: this acts on all workspaces');
}

/** Who asks, in words for others to read: the scope and the workspace of the token, as in READ_API_TOKENS. */
export function callerOf({ scope, workspace }: ReadGrant): string {
  return workspace === null ? scope : `${scope}@${workspace}`;
}

/** The workspace in what `callerOf` gave; null for a caller of all workspaces. */
export function workspaceOfCaller(caller: string): string | null {
  const at = caller.indexOf('@');
  return at < 0 ? null : caller.slice(at + 1);
}

/** A handler's parameter: what the request's token grants. */
export const Grant = createParamDecorator((_data: unknown, context: ExecutionContext): ReadGrant => {
  const { grant } = context.switchToHttp().getRequest<GrantedRequest>();
  if (!grant) throw new Error('a grant was asked for on a route without a token');
  return grant;
});

/** A handler's parameter: the request's token, for an answer that goes on for long. */
export const TokenOf = createParamDecorator((_data: unknown, context: ExecutionContext): ValidToken => {
  const { token } = context.switchToHttp().getRequest<GrantedRequest>();
  if (!token) throw new Error('a token was asked for on a route without one');
  return token;
});

/** A handler's parameter: the workspace that the request is limited to, or null for all. */
export const WorkspaceScope = createParamDecorator((_data: unknown, context: ExecutionContext) => {
  const { grant, query } = context.switchToHttp().getRequest<GrantedRequest>();
  if (!grant) throw new Error('a workspace was asked for on a route without a token');
  return workspaceOf(grant, query);
});
