/**
 * The base address of the console, its API and its documentation: `https://host/`, or `https://host/tools/` behind a proxy
 * with a path. This script is served from `assets/` below it, so its own address reveals the base without a setting.
 */
const { url } = import.meta;
export const ROOT = new URL(import.meta.env.DEV ? '/' : '..', url);

/** The address of `path` below the root. */
export const below = (path: string): string => new URL(path, ROOT).href;

/**
 * A storage key of this console alone: the browser stores keys per host, and another system may be served under another
 * path of it.
 */
export const ownName = (name: string): string => (ROOT.pathname === '/' ? name : `${name}:${ROOT.pathname}`);
