/**
 * The address below which the console, its API and its documentation are: `https://host/`, or `https://host/tools/` where
 * a proxy serves them under a path. This script is a file of `assets/` there, so the browser knows it without a setting.
 */
const { url } = import.meta;
export const ROOT = new URL(import.meta.env.DEV ? '/' : '..', url);

/** The address of what is at `path` below the root. */
export const below = (path: string): string => new URL(path, ROOT).href;

/**
 * A name of this console's own among what the browser keeps for the whole host, as another system may be served under
 * another path of it.
 */
export const ownName = (name: string): string => (ROOT.pathname === '/' ? name : `${name}:${ROOT.pathname}`);
