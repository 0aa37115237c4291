/**
 * Whether Postgres says that this data can never be stored, as opposed to a fault that passes.
 * SQLSTATE classes (PostgreSQL manual, appendix A): 22 data exception, 23 integrity constraint violation,
 * 54 program limit exceeded (an index row that is too large, say). Everything else, a full disk (53), a
 * conflict (40), a shutdown (57) or a lost connection included, is retried.
 */
export function isRefusedData(error: unknown): boolean {
  const code = sqlState(error);
  return code !== null && /^(?:22|23|54)/.test(code);
}

/**
 * SQLSTATE classes of faults that pass: 08 connection, 25 transaction state (a server that takes no writes during a
 * failover), 28 login, 3D a database that is restored, 40 conflict, 53 resources (a full disk), 55 locks,
 * 57 an operator's doing (a shutdown, a cancelled statement), 58 the server's own input and output.
 */
const PASSES = /^(?:08|25|28|3D|40|53|55|57|58)/;

/**
 * Whether Postgres would refuse the same statement tomorrow: its data (classes 22, 23, 54), its text or its rights
 * (42), or anything else that is not known to pass.
 */
export function isRefusedForGood(error: unknown): boolean {
  const code = sqlState(error);
  return code !== null && !PASSES.test(code);
}

export function sqlState(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  // Node has codes of five letters as well, such as EPIPE; no SQLSTATE is without a digit.
  return typeof code === 'string' && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : null;
}
