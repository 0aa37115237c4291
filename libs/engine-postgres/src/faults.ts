/**
 * Whether Postgres can never store this data, as opposed to a temporary fault.
 * SQLSTATE classes (PostgreSQL manual, appendix A): 22 data exception, 23 integrity constraint violation,
 * 54 program limit exceeded (an index row that is too large, say). Everything else is retried, including a
 * full disk (53), a conflict (40), a shutdown (57) and a lost connection.
 */
export function isRefusedData(error: unknown): boolean {
  const code = sqlState(error);
  return code !== null && /^(?:22|23|54)/.test(code);
}

/**
 * SQLSTATE classes of temporary faults: 08 connection, 25 transaction state (a server that takes no writes during a
 * failover), 28 login, 3D a database that is being restored, 40 conflict, 53 resources (a full disk), 55 locks,
 * 57 operator intervention (a shutdown, a cancelled statement), 58 system errors such as input and output.
 */
const PASSES = /^(?:08|25|28|3D|40|53|55|57|58)/;

/**
 * Whether Postgres would refuse the same statement again: for its data (classes 22, 23, 54), its text or its rights
 * (42), or anything else that is not known to be temporary.
 */
export function isRefusedForGood(error: unknown): boolean {
  const code = sqlState(error);
  return code !== null && !PASSES.test(code);
}

export function sqlState(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  // Node has codes of five letters, too, such as EPIPE; every SQLSTATE has a digit.
  return typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : null;
}
