import { unavailable, type Problem } from '../problems/problem';

/** The database accepts no connection now. */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}

const RETRY_SECONDS = 2;
const READ_ONLY =
  'The database is read-only now, as after a failover or with a full disk. Nothing was changed.';
/** A failover takes longer than a lost connection. */
const READ_ONLY_RETRY_SECONDS = 10;

// Node's system errors, and messages of pg and its pool that have no code.
const LOST_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
]);
/** The server's certificate is not, or no longer, one that DATABASE_URL trusts. */
const TLS_CODES = /^(?:ERR_TLS_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;
const LOST_MESSAGES =
  /^(?:Connection terminated|timeout (?:expired|exceeded when trying to connect)|Query read timeout|Client (?:has encountered a connection error|was closed)|Connection ended|The server does not support SSL)/;
// SQLSTATE (PostgreSQL manual, appendix A): connection exceptions, refused logins, no such database, rolled back in
// favour of recovery, out of resources, not accepting connections, shutting down or starting up, ended by a session
// timeout.
const LOST_STATES = /^(?:08|25P0|28|3D000|40|53|55000|57P0)/;
/** Cancelled by statement_timeout, or by lock_timeout. */
const TOO_SLOW_STATES = new Set(['57014', '55P03']);
/** A standby after a failover, or a primary that was made read-only, for example because its disk is full. */
const READ_ONLY_STATE = '25006';
// No such schema, table or column: the projectors have not built these read models yet.
const NOT_BUILT_STATES = new Set(['3F000', '42P01', '42703']);

/** A 503 for temporary faults of the database; null for any other error. */
export function databaseProblem(error: unknown): Problem | null {
  if (error instanceof DatabaseUnavailable)
    return unavailable('The database does not answer.', RETRY_SECONDS, error);
  for (const cause of causesOf(error)) {
    const { code, message } = cause as { code?: unknown; message?: unknown };
    if (typeof code === 'string' && NOT_BUILT_STATES.has(code))
      return unavailable('The read models are not built yet.', RETRY_SECONDS, error);
    if (typeof code === 'string' && TOO_SLOW_STATES.has(code))
      return unavailable('The query took too long.', RETRY_SECONDS, error);
    if (code === READ_ONLY_STATE) return unavailable(READ_ONLY, READ_ONLY_RETRY_SECONDS, error);
    if (error instanceof Error && error.name === 'SessionRefused')
      return unavailable('The database cannot be used as it is configured.', RETRY_SECONDS, error);
    const lost =
      typeof code === 'string' &&
      (LOST_CODES.has(code) || TLS_CODES.test(code) || isState(code, LOST_STATES));
    if (lost || (typeof message === 'string' && LOST_MESSAGES.test(message)))
      return unavailable('The database does not answer.', RETRY_SECONDS, error);
  }
  return null;
}

function isState(code: string, states: RegExp): boolean {
  return code.length === 5 && states.test(code);
}

/** The error, the one that TypeORM wraps, and those that Node collects for several addresses. */
function causesOf(error: unknown): unknown[] {
  if (typeof error !== 'object' || error === null) return [];
  const { driverError, cause, errors } = error as {
    driverError?: unknown;
    cause?: unknown;
    errors?: unknown;
  };
  const inner = [driverError, cause, ...(Array.isArray(errors) ? (errors as unknown[]) : [])];
  return [error, ...inner.filter((item) => typeof item === 'object' && item !== null)];
}
