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

export function sqlState(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}
