/** The first number of the advisory locks of generations; the second is the generation's id. */
const GENERATIONS = 0x6572_6173; // "eras"

/**
 * SQL that locks a generation for a transaction that writes to it. Transactions that merge share the lock. One that
 * erases a person holds it exclusively; otherwise a merge could insert rows that the erasure does not see.
 *
 * It has to be a statement of its own before any that reads, because a statement sees what was committed when it began.
 * Every transaction takes it before the locks of checkpoints and rows.
 */
export function lockGeneration(mode: 'shared' | 'exclusive', generation: number): string {
  const lock = mode === 'shared' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  return `SELECT ${lock}(${GENERATIONS}, ${generation})`;
}
