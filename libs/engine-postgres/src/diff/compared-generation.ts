import { CHANGED_AT } from '@app/engine/adapters';
import type { PoolClient } from 'pg';
import { ACTIVE } from '../snapshots/snapshots';
import type { StableView } from '../sql/ddl';
import { qualified } from '../sql/identifiers';

/** There is no such generation, or it cannot be compared. */
export class UnknownGeneration extends Error {
  override readonly name = 'UnknownGeneration';

  constructor(
    readonly asked: string,
    message: string,
  ) {
    super(message);
  }
}

/** One of two generations that are compared. */
export interface ComparedGeneration {
  readonly generation: number;
  readonly version: number;
  readonly state: string;
  readonly snapshot: string | null;
  /** Of a snapshot: the time of the log up to which its records reach. */
  readonly until: string | null;
  /** Offsets of the log before its checkpoints, over all partitions. */
  readonly offsets: number;
}

export interface ComparedColumn {
  readonly name: string;
  /** As Postgres names it. */
  readonly type: string;
}

/** A table or tally of a generation, as its own catalogue describes it: its declaration may be of another version. */
export interface ComparedTable {
  readonly name: string;
  readonly kind: 'table' | 'tally';
  readonly keys: readonly ComparedColumn[];
  readonly columns: readonly ComparedColumn[];
  /** SQL of one row per key. */
  readonly source: string;
}

/** Columns that say when and from where a row was written, and nothing of what it says. */
const NOT_COMPARED: ReadonlySet<string> = new Set([CHANGED_AT, 'shard']);
const isPosition = ({ name, type }: ComparedColumn): boolean => name === 'position' && type === 'bigint';

/** Where its tables are, and what its views are, whether they show it now or not. */
interface TablesOfGeneration {
  readonly schema: string;
  readonly views: readonly StableView[];
}

/**
 * @param asked a number, the name of a snapshot, or `active`
 * @throws {UnknownGeneration} naming those that can be compared
 */
export async function generationOf(
  client: PoolClient,
  projection: string,
  asked: string,
): Promise<TablesOfGeneration & { readonly shown: ComparedGeneration }> {
  const { rows } = await client.query<ComparedGeneration & TablesOfGeneration>(
    `SELECT id AS generation, version, state, snapshot, schema_name AS schema, views,
            to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS until,
            (SELECT coalesce(sum(next_offset), 0)::float8 FROM engine.checkpoint WHERE generation_id = g.id) AS offsets
       FROM engine.generation AS g
      WHERE projection = $1 AND state IN ('catching-up', 'active', 'standby', 'snapshot')
        AND drop_requested_at IS NULL
      ORDER BY state <> 'active', id`,
    [projection],
  );
  const found = rows.find(({ generation, state, snapshot }) =>
    asked === ACTIVE ? state === 'active' : asked === String(generation) || asked === snapshot,
  );
  if (found) {
    const { schema, views, ...shown } = found;
    return { schema, views, shown };
  }
  const known = rows.map(({ generation, snapshot }) => snapshot ?? String(generation)).join(', ');
  throw new UnknownGeneration(
    asked,
    `${projection} has no generation or snapshot ${asked}; it has ${known || 'none'} (active: what serves)`,
  );
}

/** Tables first, in order of name; without those that say who is erased, whom a comparison should not name. */
export async function tablesOf(
  client: PoolClient,
  { schema, views }: TablesOfGeneration,
): Promise<readonly ComparedTable[]> {
  const { rows } = await client.query<{
    readonly name: string;
    readonly isTable: boolean;
    readonly columns: readonly (ComparedColumn & {
      readonly isKey: boolean;
      readonly isGenerated: boolean;
    })[];
  }>(
    // A table has a row type, a tally has none (createHeap).
    `SELECT c.relname AS name,
            EXISTS (SELECT FROM pg_class AS r WHERE r.relnamespace = n.oid AND r.relname = c.relname || '$row') AS "isTable",
            (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
                      'isKey', a.attnum = ANY(i.indkey), 'isGenerated', a.attgenerated <> '') ORDER BY a.attnum)
               FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
       FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
       JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
      WHERE n.nspname = $1 AND c.relkind = 'r' AND c.relname NOT LIKE '%\\_erased' ORDER BY 2 DESC, 1`,
    [schema],
  );
  return rows.map(({ name, isTable, columns }): ComparedTable => {
    // The rows of one key in several shards are merged, or summed, as the view of that generation does it.
    const isSharded = columns.some((column) => column.name === 'shard');
    const view = views.find((each) => each.name === name);
    const compared = columns.filter(
      (column) => !column.isGenerated && !NOT_COMPARED.has(column.name) && !isPosition(column),
    );
    const plain = ({ name: column, type }: ComparedColumn): ComparedColumn => ({ name: column, type });
    return {
      ...{ name, kind: isTable ? 'table' : 'tally' },
      keys: compared.filter(({ isKey }) => isKey).map(plain),
      columns: compared.filter(({ isKey }) => !isKey).map(plain),
      source: isSharded && view ? `(${view.select})` : qualified(schema, name),
    };
  });
}
