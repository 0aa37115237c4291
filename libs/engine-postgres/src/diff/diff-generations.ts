import type { Pool, PoolClient } from 'pg';
import { endOnAbort } from '../database';
import {
  generationOf,
  tablesOf,
  type ComparedColumn,
  type ComparedGeneration,
  type ComparedTable,
} from './compared-generation';
import { countsSql, DIFFERENCE_KINDS, samplesSql, type ComparedPair, type DifferenceKind } from './diff-sql';

/** Values by column, as a verification shows them. */
type Values = Readonly<Record<string, string | null>>;

export interface DifferenceSample {
  readonly kind: DifferenceKind;
  readonly key: Values;
  /** Of a row that changed, the columns that did; of others, all that both sides have; null: there is no row. */
  readonly from: Values | null;
  readonly to: Values | null;
}

/** How a table or tally of one generation differs from that of another. */
export interface TableDifference {
  readonly table: string;
  /** `not comparable`: its key is another, so that only the rows are counted. */
  readonly status: 'compared' | 'not comparable' | 'only from' | 'only to';
  readonly fromRows: number;
  readonly toRows: number;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** By column, in how many rows it changed; those that changed in none are left out. */
  readonly columns: Readonly<Record<string, number>>;
  /** Columns that one side lacks, or has in another type. */
  readonly onlyFrom: readonly string[];
  readonly onlyTo: readonly string[];
  readonly samples: readonly DifferenceSample[];
}

export interface TallyDifference extends TableDifference {
  /** By measure, the sum over all groups; null: that side does not have it. */
  readonly figures: Readonly<Record<string, { readonly from: number | null; readonly to: number | null }>>;
}

export type DiffPart =
  | { readonly part: 'generations'; readonly from: ComparedGeneration; readonly to: ComparedGeneration }
  | { readonly part: 'table'; readonly difference: TableDifference }
  | { readonly part: 'tally'; readonly difference: TallyDifference };

export interface DiffRequest {
  readonly projection: string;
  /** Each a number of a generation, the name of a snapshot, or `active`. */
  readonly from: string;
  readonly to: string;
  /** Rows of each kind that are shown per table. */
  readonly samples: number;
  readonly signal: AbortSignal;
}

const SETTINGS = [
  'SET LOCAL statement_timeout = 0',
  // For as long as whoever reads the parts may take over one: nothing is vacuumed while the transaction is open.
  `SET LOCAL idle_in_transaction_session_timeout = '5min'`,
  // What does not fit into it goes to files of the server.
  `SET LOCAL work_mem = '64MB'`,
];

/**
 * Compares two generations of a projection, table by table, as both are at one moment. It needs no declaration, so
 * they may be of any version. Columns that both have are compared by the key that both have.
 *
 * @param pool whose queries may take as long as they take (`workPool`)
 * @throws {UnknownGeneration}
 */
export async function* diffGenerations(pool: Pool, request: DiffRequest): AsyncGenerator<DiffPart> {
  const { projection, samples, signal } = request;
  signal.throwIfAborted();
  const client = await pool.connect();
  let reusable = false;
  let over = (): void => undefined;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    over = await endOnAbort(pool, client, signal, 'cancel');
    for (const setting of SETTINGS) await client.query(setting);
    const from = await generationOf(client, projection, request.from);
    const to = await generationOf(client, projection, request.to);
    yield { part: 'generations', from: from.shown, to: to.shown };
    const fromTables = await tablesOf(client, from);
    const toTables = await tablesOf(client, to);
    for (const [kind, before, after] of pairsOf(fromTables, toTables)) {
      signal.throwIfAborted();
      const { difference, figures } = await differenceOf(client, before, after, samples);
      yield kind === 'tally'
        ? { part: kind, difference: { ...difference, figures } }
        : { part: kind, difference };
    }
    await client.query('COMMIT');
    reusable = true;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    over();
    client.release(!reusable);
  }
}

type Pair = readonly [ComparedTable['kind'], ComparedTable | undefined, ComparedTable | undefined];

function pairsOf(from: readonly ComparedTable[], to: readonly ComparedTable[]): Pair[] {
  return (['table', 'tally'] as const).flatMap((kind) => {
    const of = (tables: readonly ComparedTable[]) => tables.filter((table) => table.kind === kind);
    const names = [...new Set([...of(from), ...of(to)].map(({ name }) => name))].sort();
    const named = (tables: readonly ComparedTable[], name: string) =>
      of(tables).find((table) => table.name === name);
    return names.map((name): Pair => [kind, named(from, name), named(to, name)]);
  });
}

async function differenceOf(
  client: PoolClient,
  from: ComparedTable | undefined,
  to: ComparedTable | undefined,
  samples: number,
): Promise<{ readonly difference: TableDifference; readonly figures: TallyDifference['figures'] }> {
  const table = (from ?? to)!.name;
  if (!from || !to || !isSameKey(from, to)) {
    const status = !from ? 'only to' : !to ? 'only from' : 'not comparable';
    const fromRows = from ? await rowsOf(client, from) : 0;
    const toRows = to ? await rowsOf(client, to) : 0;
    const nothing = { added: 0, removed: 0, changed: 0, columns: {}, onlyFrom: [], onlyTo: [], samples: [] };
    return { difference: { ...nothing, table, status, fromRows, toRows }, figures: {} };
  }
  const columns = from.columns.filter((column) => to.columns.some((other) => isSame(column, other)));
  const pair = { from, to, columns };
  const { counts, figures } = await countsOf(client, pair);
  const shown: DifferenceSample[] = [];
  for (const kind of DIFFERENCE_KINDS)
    if (counts[kind] > 0) shown.push(...(await samplesOf(client, pair, kind, samples)));
  const others = (own: ComparedTable): string[] =>
    own.columns.filter((column) => !columns.some((common) => isSame(common, column))).map(({ name }) => name);
  const difference: TableDifference = {
    ...{ table, status: 'compared', ...counts },
    ...{ onlyFrom: others(from), onlyTo: others(to), samples: shown },
  };
  return { difference, figures };
}

const isSame = (a: ComparedColumn, b: ComparedColumn): boolean => a.name === b.name && a.type === b.type;

/** Whatever the order, which an index may have for its own reasons. */
function isSameKey({ keys: from }: ComparedTable, { keys: to }: ComparedTable): boolean {
  return from.length === to.length && from.every((key) => to.some((other) => isSame(key, other)));
}

async function rowsOf(client: PoolClient, { source }: ComparedTable): Promise<number> {
  const { rows } = await client.query<{ rows: string }>(`SELECT count(*) AS rows FROM ${source} AS s`);
  return Number(rows[0]!.rows);
}

async function countsOf(client: PoolClient, pair: ComparedPair) {
  const { rows } = await client.query<
    Readonly<Record<'from_rows' | 'to_rows' | DifferenceKind, string>> & {
      readonly columns: readonly string[];
      readonly before?: readonly string[];
      readonly after?: readonly string[];
    }
  >(countsSql(pair));
  const { from_rows: fromRows, to_rows: toRows, added, removed, changed, columns, before, after } = rows[0]!;
  const names = pair.columns.map(({ name }) => name);
  const changes = names.map((name, i) => [name, Number(columns[i])] as const);
  const figures = before
    ? names.map((name, i) => [name, { from: Number(before[i]), to: Number(after![i]) }] as const)
    : [];
  const counts = {
    ...{ fromRows: Number(fromRows), toRows: Number(toRows) },
    ...{ added: Number(added), removed: Number(removed), changed: Number(changed) },
    columns: Object.fromEntries(changes.filter(([, count]) => count > 0)),
  };
  return { counts, figures: Object.fromEntries(figures) };
}

async function samplesOf(
  client: PoolClient,
  pair: ComparedPair,
  kind: DifferenceKind,
  limit: number,
): Promise<DifferenceSample[]> {
  const { rows } = await client.query<
    Readonly<Record<'key' | 'before' | 'after', readonly (string | null)[]>>
  >(samplesSql(pair, kind, limit));
  return rows.map(({ key, before, after }) => {
    const shown = pair.columns.flatMap(({ name }, i) =>
      kind !== 'changed' || before[i] !== after[i] ? [[name, i] as const] : [],
    );
    const values = (of: readonly (string | null)[]): Values =>
      Object.fromEntries(shown.map(([name, i]) => [name, of[i] ?? null]));
    return {
      kind,
      key: Object.fromEntries(pair.from.keys.map(({ name }, i) => [name, key[i] ?? null])),
      from: kind === 'added' ? null : values(before),
      to: kind === 'removed' ? null : values(after),
    };
  });
}
