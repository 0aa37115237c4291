/**
 * What every session relies on, whatever the server, the database or the role has been configured with: how values are
 * written and read, and how a transaction behaves. With another DateStyle, say, every time would be read wrongly.
 */
const PINNED = {
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  array_nulls: 'on',
  transform_null_equals: 'off',
  search_path: '"$user",public',
  default_transaction_isolation: 'read\\ committed',
  default_transaction_deferrable: 'off',
  idle_session_timeout: '0',
  transaction_timeout: '0',
  jit: 'off',
} as const;

/** Settings that poolers such as PgBouncer take at the start of a session and keep for each of their clients. */
export const STARTUP = {
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  TimeZone: 'UTC',
  standard_conforming_strings: 'on',
} as const;

/**
 * The `options` of a session: what is pinned, and what this kind of session asks for beside.
 *
 * @param settings by name, with spaces escaped as libpq's `options` have it
 */
export function startupOptions(settings: Readonly<Record<string, string>>): string {
  return Object.entries({ ...PINNED, ...settings })
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/** What answers would be misread without: by name, the values that will do. */
const ESSENTIAL: Readonly<Record<string, RegExp>> = {
  client_encoding: /^UTF8$/i,
  DateStyle: /^ISO\b/i,
  IntervalStyle: /^postgres$/i,
  TimeZone: /^(?:Etc\/)?(?:UTC|UCT|Universal|Zulu|GMT)$/i,
  standard_conforming_strings: /^on$/i,
  bytea_output: /^hex$/i,
  extra_float_digits: /^[1-3]$/,
  array_nulls: /^on$/i,
  transform_null_equals: /^off$/i,
  default_transaction_isolation: /^read committed$/i,
};

/** Asked once per connection: the server's process, and the settings that answers depend on, in order of `ESSENTIAL`. */
export const SESSION_QUERY = `SELECT pg_backend_pid() AS pid, ARRAY[${Object.keys(ESSENTIAL)
  .map((name) => `current_setting('${name}')`)
  .join(', ')}] AS settings`;

/** A session has settings with which answers would be misread, and it is not in our hands to change them. */
export class SessionRefused extends Error {
  override readonly name = 'SessionRefused';
}

/**
 * @param settings the answer to `SESSION_QUERY`
 * @throws {SessionRefused} naming each setting, and what to do
 */
export function assertSession(settings: readonly string[]): void {
  const wrong = Object.entries(ESSENTIAL).flatMap(([name, fits], i) =>
    fits.test(settings[i] ?? '') ? [] : [{ name, found: settings[i] ?? 'unknown' }],
  );
  if (wrong.length === 0) return;
  const found = wrong.map(({ name, found: value }) => `${name} = ${value}`).join(', ');
  const statements = wrong
    .map(({ name }) => `ALTER ROLE … SET ${name} = '${WANTED[name] ?? 'on'}';`)
    .join(' ');
  throw new SessionRefused(
    `the sessions that DATABASE_URL leads to have ${found}, and a connection pooler between does not pass on what this app asks for. ` +
      `Set it for the user of this app (${statements}), or connect to Postgres without the pooler`,
  );
}

const WANTED: Readonly<Record<string, string>> = {
  ...STARTUP,
  ...PINNED,
  default_transaction_isolation: 'read committed',
};

/** Whether what is between refuses the `options` of a session, as PgBouncer and others do. */
export function refusesOptions(error: unknown): boolean {
  const { message } = (error ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' && /unsupported startup parameter|command-line options/i.test(message);
}
