/** Of advisory locks, those of generations; the other number is the generation's. */
const ERASURES = 0x6572_6173; // "eras"

/**
 * SQL of the lock of a transaction that writes to a generation. It goes on beside others, but not beside one that
 * erases somebody: else the one could merge what the other does not see yet and has to delete.
 *
 * A statement of its own, before any that reads: each reads what was committed when it began. It comes before the
 * locks of checkpoints and rows for everyone.
 */
export function lockBeside(whom: 'others' | 'nobody', generation: number): string {
  const lock = whom === 'others' ? 'pg_advisory_xact_lock_shared' : 'pg_advisory_xact_lock';
  return `SELECT ${lock}(${ERASURES}, ${generation})`;
}
