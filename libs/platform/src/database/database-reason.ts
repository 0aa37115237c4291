/** What pg, Node's TLS and the server report (SQLSTATE in brackets), and which part of DATABASE_URL it concerns. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/password authentication failed|\[28P01\]|SASL.*(?:password|signature)/, 'check user and password'],
  [/role "[^"]*" (?:does not exist|is not permitted to log in)|\[28000\]/, 'check the user, and sslmode'],
  [
    /no pg_hba\.conf entry/,
    'the server rejects this user from this address, or accepts it only with sslmode=verify-full',
  ],
  [/database "[^"]*" does not exist|\[3D000\]/, 'check the name of the database'],
  [/does not match certificate's altnames/, "its host is not in the server's certificate"],
  [
    /self.signed certificate|unable to (?:verify|get)|certificate (?:has expired|is not yet valid|signature failure|chain)/,
    "the server's certificate is not signed by an authority that sslrootcert names, or is not valid now",
  ],
  [
    /\[53300\]|too many (?:clients|connections)|remaining connection slots/,
    'all connections of the server, the database or this user are in use',
  ],
  [
    /\[25006\]/,
    'the server is read-only: it is a standby, or was made read-only, for example because its disk is full',
  ],
  [/does not support SSL/, 'sslmode asks for TLS, which the server does not have'],
];

/** Why the database cannot be used, in one line, with the part of DATABASE_URL that explains it. */
export function databaseReason(error: unknown): string {
  const { message, code, errors } = error as { message?: string; code?: string; errors?: unknown[] };
  // Node's error for a name with several addresses has no message.
  const said = message || code || (errors?.[0] as Error | undefined)?.message || String(error);
  const hint = HINTS.find(([pattern]) => pattern.test(`${said} [${code ?? ''}]`))?.[1];
  return hint === undefined ? said : `${said} (DATABASE_URL: ${hint})`;
}

/** Why a database does not answer, in words without names and addresses, which everybody may read. */
export function databaseTrouble(error: unknown): string {
  const { code, message } = (error ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  const state = typeof code === 'string' ? code : '';
  if (error instanceof Error && error.name === 'SessionRefused') return error.message;
  if (/^53[0-2]00$/.test(state) && state !== '53300') return 'the database is out of memory or disk space';
  if (state === '53300') return 'the database has no free connection: others use them all';
  if (state === '57014' || state === '55P03') return 'the database is too slow, or waits for a lock';
  if (/^28/.test(state)) return 'the database refuses the login';
  if (state === '3D000') return 'there is no database of that name';
  if (message === 'timeout exceeded when trying to connect')
    return 'all connections of this app to the database are busy';
  return 'the database does not answer';
}
