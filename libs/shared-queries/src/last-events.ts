type Query = <T>(sql: string, parameters: readonly unknown[]) => Promise<readonly T[]>;

/**
 * The time of each workspace's newest event that a read model knows, in epoch milliseconds; null where all that is known
 * is that people of the workspace were erased, who must have sent something.
 */
export async function lastEvents(query: Query): Promise<ReadonlyMap<string, number | null>> {
  const rows = await query<{ workspace: string; last: number | null }>(
    `SELECT workspace, extract(epoch FROM max(last))::float8 * 1000 AS last FROM (
              SELECT workspace, max(last_event_at) AS last FROM read_models.jimer GROUP BY 1
       UNION ALL SELECT workspace, max(occurred_at) FROM read_models.lifecycle_event GROUP BY 1
       UNION ALL SELECT workspace, max(received_at) FROM read_models.set_aside_event GROUP BY 1
       UNION ALL SELECT workspace, NULL FROM read_models.jimers_erased GROUP BY 1) AS known
      GROUP BY workspace`,
    [],
  );
  return new Map(rows.map(({ workspace, last }) => [workspace, last]));
}
