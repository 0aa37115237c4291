/** What pg, Node's TLS and the server say (SQLSTATE in brackets), and what of DATABASE_URL it is about. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/password authentication failed|\[28P01\]|SASL.*(?:password|signature)/, 'check user and password'],
  [/role "[^"]*" (?:does not exist|is not permitted to log in)|\[28000\]/, 'check the user, and sslmode'],
  [
    /no pg_hba\.conf entry/,
    'the server does not let this user in from here, or only with sslmode=verify-full',
  ],
  [/database "[^"]*" does not exist|\[3D000\]/, 'check the name of the database'],
  [/does not match certificate's altnames/, "its host is not in the server's certificate"],
  [
    /self.signed certificate|unable to (?:verify|get)|certificate (?:has expired|is not yet valid|signature failure|chain)/,
    "the server's certificate is not signed by an authority that sslrootcert names, or is not valid now",
  ],
  [/does not support SSL/, 'sslmode asks for TLS, which the server does not have'],
];

/** Why the database cannot be used, in one line; where a part of DATABASE_URL explains it, it is named. */
export function databaseReason(error: unknown): string {
  const { message, code, errors } = error as { message?: string; code?: string; errors?: unknown[] };
  // Node's error for a name with several addresses has no message.
  const said = message || code || (errors?.[0] as Error | undefined)?.message || String(error);
  const hint = HINTS.find(([pattern]) => pattern.test(`${said} [${code ?? ''}]`))?.[1];
  return hint === undefined ? said : `${said} (DATABASE_URL: ${hint})`;
}
