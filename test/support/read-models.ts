import { ask, withClient } from './databases';

/**
 * Rows and a digest of every stable view: equal digests mean equal rows, but for when they were written.
 *
 * @param without more columns that are left out
 */
export function digests(
  databaseUrl: string,
  without: readonly string[] = [],
): Promise<Record<string, { rows: number; digest: string }>> {
  return withClient(databaseUrl, async (client) => {
    const views = await client.query<{ name: string; columns: string }>(
      `SELECT table_name AS name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position) AS columns
         FROM information_schema.columns WHERE table_schema = 'read_models' AND column_name <> ALL ($1)
        GROUP BY 1 ORDER BY 1`,
      [['changed_at', ...without]],
    );
    const found: Record<string, { rows: number; digest: string }> = {};
    for (const { name, columns } of views.rows) {
      const { rows } = await client.query<{ rows: number; digest: string }>(
        `SELECT count(*)::integer AS rows, md5(coalesce(string_agg(line, E'\\n' ORDER BY line), '')) AS digest
         FROM (SELECT (ROW(${columns})::text) COLLATE "C" AS line FROM read_models."${name}") AS lines`,
      );
      found[name] = rows[0]!;
    }
    return found;
  });
}

/** How many offsets the active generations have behind them, all projections together. */
export async function progressOf(databaseUrl: string): Promise<number> {
  const [row] = await ask<{ done: number }>(
    databaseUrl,
    `SELECT coalesce(sum(next_offset), 0)::integer AS done
       FROM engine.checkpoint JOIN engine.generation ON generation.id = generation_id
      WHERE state = 'active'`,
  );
  return row!.done;
}

export interface GenerationRow {
  readonly id: number;
  readonly version: number;
  readonly state: string;
  readonly schema: string;
  readonly hasSchema: boolean;
  readonly activatedAt: Date | null;
}

/** Every generation that a projection ever had, oldest first. */
export function generationsOf(databaseUrl: string, projection: string): Promise<readonly GenerationRow[]> {
  return ask<GenerationRow>(
    databaseUrl,
    `SELECT id, version, state, schema_name AS schema, to_regnamespace(schema_name) IS NOT NULL AS "hasSchema",
            activated_at AS "activatedAt"
       FROM engine.generation WHERE projection = $1 ORDER BY id`,
    [projection],
  );
}

export async function deadLettersIn(databaseUrl: string): Promise<number> {
  const [row] = await ask<{ count: number }>(
    databaseUrl,
    'SELECT count(*)::integer AS count FROM engine.dead_letter',
  );
  return row!.count;
}

/** The schema that the views of a projection show now. */
export async function activeSchema(databaseUrl: string, projection: string): Promise<string> {
  const generations = await generationsOf(databaseUrl, projection);
  return generations.find(({ state }) => state === 'active')!.schema;
}
