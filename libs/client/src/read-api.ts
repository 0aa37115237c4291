import createClient, { type Client, type ClientOptions } from 'openapi-fetch';
import type { paths } from './schema';

/** The read API's calls, by path: `api.GET('/v1/jimers/{uid}', { params: { path: { uid } } })`. */
export type ReadApi = Client<paths, 'application/json'>;

export interface ReadApiOptions {
  /** Where the read API is, without `/v1`. */
  readonly baseUrl: string;
  /** The bearer token, or what gives the one that is valid now. */
  readonly token: string | (() => string | Promise<string>);
  /** Limits every call that can be limited to this workspace. A token that is bound to one needs none. */
  readonly workspace?: string;
  /** Another fetch than the global one. */
  readonly fetch?: ClientOptions['fetch'];
}

/** What no workspace has for itself, where the API refuses the parameter. */
const OF_ALL_WORKSPACES = /^\/v1\/(?:projections|jobs)(?:\/|$)/;

/** A client of the read API whose paths, parameters and answers are typed by its OpenAPI document. */
export function readApi({ baseUrl, token, workspace, fetch }: ReadApiOptions): ReadApi {
  const api = createClient<paths, 'application/json'>({
    baseUrl,
    headers: { accept: 'application/json' },
    ...(fetch && { fetch }),
  });
  api.use({
    async onRequest({ request, schemaPath }) {
      const limited = workspace !== undefined && !OF_ALL_WORKSPACES.test(schemaPath);
      const limitedTo = limited ? withWorkspace(request, workspace) : request;
      limitedTo.headers.set('authorization', `Bearer ${typeof token === 'string' ? token : await token()}`);
      return limitedTo;
    },
  });
  return api;
}

/** A workspace that the call itself names stays: the API answers what it makes of it. */
function withWorkspace(request: Request, workspace: string): Request {
  const url = new URL(request.url);
  if (url.searchParams.has('workspace')) return request;
  url.searchParams.set('workspace', workspace);
  return new Request(url, request);
}
