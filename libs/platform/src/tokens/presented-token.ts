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
 * The token that a request presents; null when there is none. The Authorization header comes first: when it
 * is there but unusable, nothing else is tried.
 */
export function presentedToken(request: Carrier, places: TokenPlaces = {}): string | null {
  const header = request.headers.authorization;
  if (header !== undefined) return fromHeader(header, places.basic ?? false);
  if (places.query !== true) return null;
  const token = (request.query as { token?: unknown } | null | undefined)?.token;
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
