/** The first number of the advisory locks of generations; the second is the generation's. */
const GENERATIONS = 0x6572_6173; // "eras"

/**
 * SQL that locks a generation for a transaction that writes to it. Transactions that merge share the lock; one that
 * erases a person holds it alone, or a merge could insert rows that the erasure does not see and has to delete.
 *
 * It is a statement of its own, before any that reads, since each reads what was committed when it began; and it comes
 * before the locks of checkpoints and rows, in every transaction.
 */
export function lockGeneration(mode: 'shared' | 'exclusive', generation: number): string {
  const lock = mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  return `SELECT ${lock}(${GENERATIONS}, ${generation})`;
}
