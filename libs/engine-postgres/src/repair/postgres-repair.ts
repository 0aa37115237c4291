import type { AnyReadModel, Tally, Row } from '@app/engine';
import {
  countedRows,
  keyOf,
  relationOf,
  ErasedPersons,
  type PartitionCheckpoint,
  type ProjectionDeclaration,
  type RepairTarget,
  type StoredDeadLetter,
} from '@app/engine/adapters';
import type { Pool, PoolClient } from 'pg';
import { postgresRowCodec } from '../codec/row-codec';
import { inTransaction } from '../database';
import { lockGeneration } from '../generations/generation-lock';
import { GenerationTables, rowTypesOf } from '../generations/generation-tables';
import { fingerprint, GenerationMismatch, type Generation } from '../generations/generations';
import { rowTypeOf } from '../codec/row-array';
import type { ClaimedJob } from '../jobs/claimed-job';
import { forgetDeadLetters, readCheckpoints } from '../live/checkpoints';
import { forgetInSnapshots } from '../snapshots/forget-in-snapshots';
import { recountGroups } from './recount';
import { deleteKeys, storedRows } from './stored-rows';

/** What the log makes of the rows that are repaired. */
type Refolded = ReadonlyMap<AnyReadModel, readonly Row[]>;

/** By table or tally, rows or groups that were looked at, and those that were corrected. */
export interface RepairedTable {
  readonly table: string;
  readonly checked: number;
  readonly corrected: number;
}

/** Dead letters were replayed or discarded since the log was read: it has to be read again. */
export class DeadLettersChanged extends Error {
  override readonly name = 'DeadLettersChanged';
}

/** Corrects rows of the generation that serves, for whoever holds the job. */
export class PostgresRepair {
  private constructor(
    private readonly pool: Pool,
    private readonly projection: ProjectionDeclaration,
    private readonly claim: ClaimedJob,
    readonly generation: Generation,
  ) {}

  /** @throws {GenerationMismatch} when what serves was made by another declaration */
  static async open(
    pool: Pool,
    projection: ProjectionDeclaration,
    claim: ClaimedJob,
  ): Promise<PostgresRepair> {
    const { rows } = await pool.query<Generation & { readonly fingerprint: string }>(
      `SELECT id, projection, version, schema_name AS schema, fingerprint
         FROM engine.generation WHERE projection = $1 AND state = 'active'`,
      [projection.name],
    );
    const [active] = rows;
    if (active?.fingerprint !== fingerprint(projection))
      throw new GenerationMismatch(
        `projection ${projection.name}: what serves was made by another declaration than this one, and can only be repaired with that`,
      );
    return new PostgresRepair(pool, projection, claim, active);
  }

  /** Where it stands now. */
  checkpoints(): Promise<readonly PartitionCheckpoint[]> {
    return readCheckpoints(this.pool, this.generation.id);
  }

  /**
   * Corrects the rows that are not as the log makes them, and the counts of the groups that they are or were in, in one
   * transaction. No batch is applied meanwhile, so it should be short: `catchUp` has to read what little was appended.
   *
   * @param target which rows and, beside them, which groups
   * @param known dead letters, each as it was when its record was read
   * @param catchUp is given the checkpoints and dead letters, which do not change any more, and gives what the log makes
   * up to them
   * @throws {DeadLettersChanged} when another reading of the log is needed; {BuildLost} when the job is another's
   */
  async correct(
    target: RepairTarget,
    groups: ReadonlyMap<Tally, readonly Row[]>,
    known: readonly StoredDeadLetter[],
    catchUp: (
      checkpoints: readonly PartitionCheckpoint[],
      deadLetters: readonly StoredDeadLetter[],
    ) => Promise<Refolded>,
  ): Promise<readonly RepairedTable[]> {
    const { id, schema } = this.generation;
    return inTransaction(this.pool, async (client) => {
      await this.claim.guard(client);
      // Batches, replays and erasures wait; what they have committed is seen by the statements that follow.
      await client.query(lockGeneration('exclusive', id));
      await client.query(
        `SET LOCAL client_encoding = 'UTF8'; SET LOCAL idle_in_transaction_session_timeout = '60s'`,
      );
      await this.assertActive(client);
      const deadLetters = await deadLettersOf(client, id);
      if (hasChanged(known, deadLetters)) throw new DeadLettersChanged();
      const made = await catchUp(await readCheckpoints(client, id), deadLetters);

      const rowTypes = await rowTypesOf(client, schema);
      const tables = await GenerationTables.open(client, this.projection, this.generation);
      const touched = new Map(
        this.projection.tallies.map((tally) => [tally, [...(groups.get(tally) ?? [])]]),
      );
      const results: RepairedTable[] = [];
      for (const table of this.projection.tables) {
        const rowType = rowTypes.get(rowTypeOf(table))!;
        const stored = await storedRows(client, schema, table, target, rowType);
        const { checked, wrong, right } = compared(table, stored, made.get(table) ?? []);
        // Of all rows, right or wrong: a count may be wrong where no row is.
        for (const row of [...stored.map((image) => image.row), ...(made.get(table) ?? [])])
          for (const [tally, all] of touched) all.push(...groupsOfRow(tally, table, row));
        await deleteKeys(client, schema, table, wrong, rowType);
        for (const { query } of tables.merges(new Map([[table, right]]), 0)) await client.query(query);
        if (checked > 0)
          results.push({ table: table.name, checked, corrected: corrections(table, wrong, right) });
      }
      const isCorrected = ({ table, corrected }: RepairedTable): boolean =>
        corrected > 0 && table === this.projection.erased?.name;
      if (results.some(isCorrected)) await this.forget(client, tables);
      for (const [tally, all] of touched) {
        const corrected = await recountGroups(client, schema, tally, all);
        if (all.length > 0) results.push({ table: tally.name, checked: distinct(all), corrected });
      }
      return results;
    });
  }

  /** Whoever the table of erased persons has now, and did not have before, has no rows; projectors read it again. */
  private async forget(client: PoolClient, tables: GenerationTables): Promise<void> {
    const { id } = this.generation;
    const before = tables.erasures.persons;
    await tables.refreshErasures(client);
    const fresh = [...tables.erasures.persons].filter((person) => !before.has(person));
    for (const query of tables.forget(new ErasedPersons(fresh), 0)) await client.query(query);
    await forgetDeadLetters(client, id, 'SELECT * FROM unnest($2::text[], $3::uuid[])', [
      fresh.map(({ workspace }) => workspace),
      fresh.map(({ uid }) => uid),
    ]);
    await forgetInSnapshots(client, this.projection.name, fresh);
    await client.query('UPDATE engine.generation SET erasures = erasures + 1 WHERE id = $1', [id]);
  }

  private async assertActive(client: PoolClient): Promise<void> {
    const { rowCount } = await client.query(
      `SELECT FROM engine.generation WHERE id = $1 AND state = 'active' FOR SHARE`,
      [this.generation.id],
    );
    if (rowCount === 0)
      throw new GenerationMismatch(
        `projection ${this.projection.name}: another generation serves since the repair began; ask for it again`,
      );
  }
}

/** Rows that have to go, and rows that have to be there instead. */
function compared(
  table: AnyReadModel,
  stored: readonly { readonly bytes: Buffer; readonly row: Row }[],
  made: readonly Row[],
): { readonly checked: number; readonly wrong: Row[]; readonly right: Row[] } {
  const codec = postgresRowCodec(relationOf(table));
  const missing = new Map(made.map((row) => [keyOf(table, row), row]));
  const checked = new Set([...missing.keys(), ...stored.map(({ row }) => keyOf(table, row))]).size;
  const wrong: Row[] = [];
  for (const { bytes, row } of stored) {
    const key = keyOf(table, row);
    const own = missing.get(key);
    if (own && codec.encode(own).equals(bytes)) missing.delete(key);
    else wrong.push(row);
  }
  return { checked, wrong, right: [...missing.values()] };
}

function corrections(table: AnyReadModel, wrong: readonly Row[], right: readonly Row[]): number {
  return new Set([...wrong, ...right].map((row) => keyOf(table, row))).size;
}

function groupsOfRow(tally: Tally, table: AnyReadModel, row: Row): Row[] {
  return tally.measures
    .filter(({ over }) => over === table)
    .flatMap((measure) => countedRows(tally, measure, row))
    .map((group) => group.slice(0, tally.keys.length));
}

function distinct(groups: readonly Row[]): number {
  return new Set(groups.map((group) => JSON.stringify(group))).size;
}

/** Later letters are of records that are read under the lock. */
function hasChanged(known: readonly StoredDeadLetter[], now: readonly StoredDeadLetter[]): boolean {
  const text = ({ topic, partition, offset }: StoredDeadLetter): string => `${topic}/${partition}@${offset}`;
  const states = new Map(now.map((letter) => [text(letter), letter.state === 'replayed']));
  return known.some((letter) => states.get(text(letter)) !== (letter.state === 'replayed'));
}

async function deadLettersOf(
  client: Pick<PoolClient, 'query'>,
  generation: number,
): Promise<StoredDeadLetter[]> {
  const { rows } = await client.query<Omit<StoredDeadLetter, 'offset'> & { readonly offset: string }>(
    `SELECT topic, partition, record_offset AS offset, state FROM engine.dead_letter WHERE generation_id = $1`,
    [generation],
  );
  return rows.map((letter) => ({ ...letter, offset: Number(letter.offset) }));
}
