import type { CatalogEvent } from '@app/catalog';
import type { AnyReadModel, Projection, Tally, VerifyReport, Row, Stored } from '@app/engine';
import {
  LISTED_CHARACTERS,
  type RelationColumn,
  type RepairedPerson,
  type RepairTarget,
  type RowDifference,
} from '@app/engine/adapters';
import { GenerationMismatch, Jobs } from '@app/engine-postgres';
import type { ProjectionJob } from '../jobs/job';

/** What a job of kind `repair` is asked for with: people, or what the last verification named. */
export interface RepairParameters {
  readonly jimers?: readonly { readonly uid: string; readonly workspace?: string }[];
  readonly fromVerify?: boolean;
}

export interface RepairWork {
  readonly target: RepairTarget;
  readonly groups: ReadonlyMap<Tally, readonly Row[]>;
  /**
   * Differences that a verification counted but did not name, or named too briefly to find the row, and those of its
   * buckets whose rows it did not compare: at least one in each.
   */
  readonly notNamed: number;
}

/** @throws {GenerationMismatch} when no verification of what serves names anything */
export async function repairWork({ projection, claim, pool }: ProjectionJob): Promise<RepairWork> {
  const { jimers, fromVerify } = claim.job.parameters as RepairParameters;
  if (fromVerify !== true) {
    const persons = (jimers ?? []).map(({ uid, workspace }): RepairedPerson => ({
      ...{ workspace: workspace ?? null },
      uid: uid.toLowerCase(),
    }));
    return { target: { persons, keys: new Map() }, groups: new Map(), notNamed: 0 };
  }
  const jobs = await new Jobs(pool).newest();
  const last = jobs.find(({ kind, projection: name }) => kind === 'verify' && name === projection.name);
  if (last?.state !== 'succeeded')
    throw new GenerationMismatch(`no verification of ${projection.name} has succeeded last: verify it first`);
  const { rows } = await pool.query<{ id: number }>(
    `SELECT id FROM engine.generation WHERE projection = $1 AND state = 'active'`,
    [projection.name],
  );
  const report = last.outcome as unknown as VerifyReport;
  if (report.generation !== rows[0]?.id)
    throw new GenerationMismatch(
      `the last verification of ${projection.name} is of another generation: verify it again`,
    );
  return namedBy(projection, report);
}

/**
 * The rows and groups that a verification names.
 *
 * @throws {GenerationMismatch} when rows differ and it names none, because it did not compare them
 */
export function namedBy(
  { tables, tallies }: Pick<Projection<CatalogEvent>, 'tables' | 'tallies'>,
  { comparedRows, tables: reports }: Pick<VerifyReport, 'comparedRows' | 'tables'>,
): RepairWork {
  const keys = new Map<AnyReadModel, Row[]>();
  const groups = new Map<Tally, Row[]>();
  const differing = reports.reduce((sum, { differingBuckets }) => sum + differingBuckets, 0);
  if (differing > 0 && comparedRows === null)
    throw new GenerationMismatch(
      'the last verification did not compare the rows that differ: verify it again',
    );
  const { count = 0, listed = [] } = comparedRows?.rows ?? {};
  const notCompared = Math.max(0, differing - (comparedRows?.buckets ?? 0));
  let named = 0;
  for (const difference of listed) {
    const table = tables.find(({ name }) => name === difference.table);
    const tally = tallies.find(({ name }) => name === difference.table);
    const values = keyOf(difference, table?.keys ?? tally?.keys ?? []);
    if (values === null) continue;
    named++;
    if (tally) groups.set(tally, [...(groups.get(tally) ?? []), values]);
    if (!table) continue;
    const row: Row = [...table.empty];
    table.keys.forEach(({ index }, i) => (row[index] = values[i]!));
    keys.set(table, [...(keys.get(table) ?? []), row]);
  }
  return { target: { persons: [], keys }, groups, notNamed: count - named + notCompared };
}

/** The values of a key that a report shows as texts; null when it shows only the beginning of one. */
function keyOf({ key }: RowDifference, columns: readonly RelationColumn[]): Row | null {
  const values = columns.map(({ name, type }): Stored => {
    const text = key[name];
    if (text === undefined || text === null || [...text].length > LISTED_CHARACTERS) return null;
    switch (type.name) {
      case 'instant':
        return Date.parse(text);
      case 'integer':
        return Number(text);
      case 'boolean':
        return text === 'true';
      case 'uuid':
      case 'text':
      case 'uid':
      case 'date':
        return text;
      // They are never part of a key.
      case 'json':
      case 'set':
        return null;
    }
  });
  return values.length === 0 || values.includes(null) ? null : values;
}
