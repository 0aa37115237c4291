import { Client } from 'pg';

import { JsonText, meaningOf } from './json-text';
import type { Oracle } from './oracle';
import type { Cell } from './reading';
import type { Expected, Row } from './rows';

export interface Comparison {
  /** Rows that were expected, by view. */
  readonly rows: Readonly<Record<string, number>>;
  /** The first differences of each view, in words; empty when everything agrees. */
  readonly differences: readonly string[];
  /** Views of read models that the oracle has no rules for: they are verified against the log alone. */
  readonly unknown: readonly string[];
}

/** As many per view are told. */
const TOLD = 5;

// PostgreSQL's own numbers of its types.
const INT8 = 20;
const TIMESTAMPTZ = 1184;
const JSON_TYPE = 114;
const BOOLEAN = 16;
const INT4 = 23;

function parserOf(type: number): (text: string) => Cell {
  switch (type) {
    case INT4:
    case INT8:
      return Number;
    case BOOLEAN:
      return (text) => text === 't';
    case TIMESTAMPTZ:
      // The session is in UTC: 2025-01-06 08:00:00.123+00
      return (text) => Date.parse(text.replace(' ', 'T').replace(/\+00$/, 'Z'));
    case JSON_TYPE:
      return (text) => new JsonText(text);
    default:
      return (text) => text;
  }
}

/** Reads every view of the schema `read_models` at one moment and compares it row by row with the oracle's. */
export async function compareViews(oracle: Oracle, databaseUrl: string): Promise<Comparison> {
  const client = await connect(databaseUrl);
  try {
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await compareWith(oracle, client);
  } finally {
    await client.end();
  }
}

export async function connect(databaseUrl: string): Promise<Client> {
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'chaos-oracle',
    options: '-c TimeZone=UTC',
    types: { getTypeParser: (type: number) => parserOf(type) as never },
  });
  await client.connect();
  return client;
}

/** In the transaction that is open on the connection. */
export async function compareWith(oracle: Oracle, client: Client): Promise<Comparison> {
  const { rows: clock } = await client.query<{ now: number }>('SELECT now()');
  const { rows: names } = await client.query<{ name: string }>(
    `SELECT viewname::text AS name FROM pg_views WHERE schemaname = 'read_models'`,
  );
  const expected = oracle.views(clock[0]!.now);
  const differences: string[] = [];
  const unknown = names.map(({ name }) => name).filter((name) => !(name in expected));
  for (const [name, view] of Object.entries(expected)) {
    if (!names.some((one) => one.name === name)) differences.push(`${name}: there is no such view`);
    else differences.push(...differencesOf(name, view, await rowsOf(client, name)));
  }
  const rows = Object.fromEntries(Object.entries(expected).map(([name, view]) => [name, view.rows.length]));
  return { rows, differences, unknown };
}

async function rowsOf(client: Client, view: string): Promise<{ columns: string[]; rows: Row[] }> {
  const { rows, fields } = await client.query<Row>(`SELECT * FROM read_models."${view}"`);
  // When a row was written is no part of what the log says.
  return { columns: fields.map(({ name }) => name).filter((name) => name !== 'changed_at'), rows };
}

function differencesOf(
  name: string,
  expected: Expected,
  actual: { readonly columns: readonly string[]; readonly rows: readonly Row[] },
): string[] {
  const missing = expected.columns.filter((column) => !actual.columns.includes(column));
  const further = actual.columns.filter((column) => !expected.columns.includes(column));
  if (missing.length + further.length > 0)
    return [`${name}: columns missing: ${missing.join(', ')}; unknown to the oracle: ${further.join(', ')}`];

  const keyOf = (row: Row): string =>
    expected.key.map((column) => `${column}=${JSON.stringify(row[column])}`).join(' ');
  const left = new Map(actual.rows.map((row) => [keyOf(row), row]));
  const told: string[] = [];
  for (const row of expected.rows) {
    const key = keyOf(row);
    const found = left.get(key);
    left.delete(key);
    if (found === undefined) told.push(`${name}: no row ${key}; expected ${show(row)}`);
    else {
      const wrong = expected.columns.filter((column) => !same(row[column]!, found[column]!));
      if (wrong.length > 0) {
        const columns = wrong.map(
          (column) => `${column} is ${showCell(found[column]!)} instead of ${showCell(row[column]!)}`,
        );
        told.push(`${name}: row ${key}: ${columns.join('; ')}`);
      }
    }
  }
  for (const [key, row] of left) told.push(`${name}: a row that should not be, ${key}: ${show(row)}`);
  return told.length <= TOLD ? told : [...told.slice(0, TOLD), `${name}: and ${told.length - TOLD} more`];
}

function same(expected: Cell, actual: Cell): boolean {
  if (expected instanceof JsonText && actual instanceof JsonText)
    return expected.text === actual.text || meaningOf(expected.text) === meaningOf(actual.text);
  return expected === actual;
}

const showCell = (cell: Cell): string => (cell instanceof JsonText ? cell.text : JSON.stringify(cell));

function show(row: Row): string {
  const shown = Object.entries(row).map(([column, cell]) => `${column}: ${showCell(cell)}`);
  return `{ ${shown.join(', ')} }`.slice(0, 600);
}
