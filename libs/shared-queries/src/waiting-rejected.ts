type Query = <T>(sql: string, parameters: readonly unknown[]) => Promise<readonly T[]>;

/** More are not counted: a count of all would read as many rows. */
const MOST_WAITING_COUNTED = 1_000;

/**
 * How many rejected events wait for a decision, up to a thousand of each kind.
 *
 * @param workspace null: of all
 */
export async function waitingRejected(
  query: Query,
  workspace: string | null,
): Promise<{ quarantine: number; unrecognized: number; atLeast: number }> {
  const count = async (kind: 'quarantine' | 'unrecognized'): Promise<number> => {
    const [row] = await query<{ waiting: number }>(
      `SELECT count(*)::integer AS waiting FROM (
         SELECT FROM read_models.set_aside_event
          WHERE topic = $1 AND ($2::text IS NULL OR workspace = $2) AND received_at IS NOT NULL
            AND replayed_at IS NULL AND discarded_at IS NULL
          LIMIT ${MOST_WAITING_COUNTED}) AS waits`,
      [kind, workspace],
    );
    return row!.waiting;
  };
  return {
    quarantine: await count('quarantine'),
    unrecognized: await count('unrecognized'),
    atLeast: MOST_WAITING_COUNTED,
  };
}
