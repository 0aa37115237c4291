/** Where a request may carry its token. */
interface TokenPlaces {
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
 * The tokens that a request presents, starting with the Authorization header. There may be several: a proxy may add its
 * own header to a request with a token in the URL. Each is followed by its cleaned form, in case something was pasted
 * with it.
 */
export function presentedTokens(request: Carrier, places: TokenPlaces = {}): string[] {
  const { authorization } = request.headers;
  const inHeader = authorization === undefined ? null : fromHeader(authorization, places.basic ?? false);
  const inQuery = places.query === true ? fromQuery(request.query) : null;
  return [inHeader, inQuery].flatMap((token) => {
    if (token === null) return [];
    const meant = withoutPasted(token);
    return meant === token || meant === '' ? [token] : [token, meant];
  });
}

/** White space and invisible characters, which no token contains (parseTokens). */
const INVISIBLE = /[\s\u00ad\u200b-\u200f\u2060\ufeff]+/g;
/** Quotation marks around a token, and what pasting or joining adds to the end of a URL. */
const AROUND = /^["'`<\u2018\u201c]+|["'`>\u2019\u201d/.,;]+$/g;

function withoutPasted(token: string): string {
  return token.replace(INVISIBLE, '').replace(AROUND, '');
}

const NAME = 'token';

function fromQuery(query: unknown): string | null {
  if (typeof query !== 'object' || query === null) return null;
  const members = query as Readonly<Record<string, unknown>>;
  const token = members[NAME] ?? members[Object.keys(members).find(isNamedToken) ?? NAME];
  const tokens = new Set([token].flat());
  const [only] = tokens;
  return tokens.size === 1 && typeof only === 'string' && only !== '' ? only : null;
}

/** `Token`, ` token`, and `amp;token`, which a URL has that was copied from HTML. */
function isNamedToken(name: string): boolean {
  return name.replace(INVISIBLE, '').replace(/^amp;/, '').toLowerCase() === NAME;
}

const CREDENTIALS = /^\s*(bearer|basic)\s+(.*)$/is;

function fromHeader(header: string, basic: boolean): string | null {
  // Node reads headers as Latin-1, but people paste UTF-8.
  const text = /[\u0080-\u00ff]/.test(header) ? Buffer.from(header, 'latin1').toString('utf8') : header;
  const [, scheme = '', credentials = ''] = CREDENTIALS.exec(text) ?? [];
  if (scheme.toLowerCase() === 'bearer') return credentials.trim() === '' ? null : credentials.trim();
  if (scheme === '' || !basic) return null;
  const decoded = Buffer.from(credentials.trim(), 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  const password = decoded.slice(colon + 1);
  return colon < 0 || password === '' ? null : password;
}
