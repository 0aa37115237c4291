/** Where a request may carry its token. */
export interface TokenPlaces {
  /** Also the password of HTTP Basic. */
  readonly basic?: boolean;
  /** Also `?token=`, for senders that can be given only a URL. */
  readonly query?: boolean;
}

interface Carrier {
  readonly headers: { readonly authorization?: string | undefined };
  readonly query?: unknown;
}

/**
 * The tokens that a request presents, the one of the Authorization header first. There may be several: a proxy
 * may add a header of its own to a request that carries its token in the URL.
 */
export function presentedTokens(request: Carrier, places: TokenPlaces = {}): string[] {
  const { authorization } = request.headers;
  const inHeader = authorization === undefined ? null : fromHeader(authorization, places.basic ?? false);
  const inQuery = places.query === true ? fromQuery(request.query) : null;
  return [inHeader, inQuery].filter((token) => token !== null);
}

function fromQuery(query: unknown): string | null {
  const token = (query as { token?: unknown } | null | undefined)?.token;
  return typeof token === 'string' && token !== '' ? token : null;
}

function fromHeader(header: string, basic: boolean): string | null {
  const space = header.indexOf(' ');
  const scheme = header.slice(0, Math.max(space, 0)).toLowerCase();
  const credentials = header.slice(space + 1).trim();
  if (scheme === 'bearer') return credentials === '' ? null : credentials;
  if (scheme !== 'basic' || !basic) return null;
  const decoded = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  const password = decoded.slice(colon + 1);
  return colon < 0 || password === '' ? null : password;
}
