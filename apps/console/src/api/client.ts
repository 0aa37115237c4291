import { readApi, type paths } from '@app/client';
import type { Client } from 'openapi-fetch';
import { connectedFetch } from './connection';
import { ROOT } from './root';

/** The API's paths relative to the console's root: `v1/jimers`. */
type Below<Paths> = {
  [Path in keyof Paths as Path extends `/${infer Relative}` ? Relative : never]: Paths[Path];
};

export type Api = Client<Below<paths>, 'application/json'>;

export function apiOf(token: string): Api {
  // The client takes one slash from the end of its base and appends the path: the second slash separates the two.
  const api: unknown = readApi({ baseUrl: `${ROOT.href}/`, token, fetch: connectedFetch });
  return api as Api;
}
