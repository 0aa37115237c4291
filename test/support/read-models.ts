import { Client } from 'pg';

async function withClient<T>(databaseUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Rows and a digest of every stable view: equal digests mean equal rows. */
export function digests(databaseUrl: string): Promise<Record<string, { rows: number; digest: string }>> {
  return withClient(databaseUrl, async (client) => {
    const views = await client.query<{ name: string }>(
      `SELECT viewname AS name FROM pg_views WHERE schemaname = 'read_models' ORDER BY 1`,
    );
    const found: Record<string, { rows: number; digest: string }> = {};
    for (const { name } of views.rows) {
      const { rows } = await client.query<{ rows: number; digest: string }>(
        `SELECT count(*)::integer AS rows, md5(coalesce(string_agg(line, E'\\n' ORDER BY line), '')) AS digest
         FROM (SELECT (v::text) COLLATE "C" AS line FROM read_models."${name}" AS v) AS lines`,
      );
      found[name] = rows[0]!;
    }
    return found;
  });
}

/** How many offsets the active generations have behind them, all projections together. */
export function progressOf(databaseUrl: string): Promise<number> {
  return withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ done: number }>(
      `SELECT coalesce(sum(next_offset), 0)::integer AS done
       FROM engine.checkpoint JOIN engine.generation ON generation.id = generation_id
       WHERE state = 'active'`,
    );
    return rows[0]!.done;
  });
}
