import {
  diffGenerations,
  type ComparedGeneration,
  type DifferenceSample,
  type TableDifference,
  type TallyDifference,
} from '@app/engine-postgres';

import { projectionNamed } from './jobs';
import { table } from './output';
import { withPool, type Where } from './with-pool';

export interface DiffOptions extends Where {
  readonly samples: number;
  readonly json: boolean;
}

/**
 * Compares two generations of a projection, and prints what differs as it is found.
 *
 * @returns the exit code: 0 when nothing differs, 2 when something does, 3 when nothing else does but some columns or
 * tables cannot be compared
 */
export async function diff(
  name: string,
  from: string,
  to: string,
  { samples, json, dataDir }: DiffOptions,
): Promise<number> {
  projectionNamed(name);
  const print = (text: string): unknown => process.stdout.write(`${text}\n`);
  return withPool({ dataDir }, async (pool) => {
    const { signal } = new AbortController();
    const whole = { projection: name, tables: [] as TableDifference[], tallies: [] as TallyDifference[] };
    let sides = {};
    for await (const part of diffGenerations(pool, { projection: name, from, to, samples, signal })) {
      if (part.part === 'generations') {
        sides = { from: part.from, to: part.to };
        if (!json) print(`${name}: from ${nameOf(part.from)} to ${nameOf(part.to)}`);
        continue;
      }
      const { difference } = part;
      if (part.part === 'tally') whole.tallies.push(part.difference);
      else whole.tables.push(difference);
      if (!json) print(textOf(difference));
    }
    if (json) print(JSON.stringify({ ...sides, ...whole }, null, 2));
    const all: TableDifference[] = [...whole.tables, ...whole.tallies];
    if (all.some(({ added, removed, changed }) => added + removed + changed > 0)) return 2;
    return all.some((each) => each.status !== 'compared' || each.onlyFrom.length + each.onlyTo.length > 0)
      ? 3
      : 0;
  });
}

function nameOf({ generation, version, state, snapshot, until }: ComparedGeneration): string {
  const what = snapshot === null ? state : `snapshot ${snapshot}, until ${until}`;
  return `generation ${generation} (${what}, version ${version})`;
}

const ONLY = {
  'only from': 'only the first has it',
  'only to': 'only the second has it',
  'not comparable': 'its key is another, so its rows are not compared',
} as const;

function textOf(difference: TableDifference | TallyDifference): string {
  const { table: name, status, fromRows, toRows, added, removed, changed } = difference;
  const rows = `${fromRows} rows, ${toRows} rows`;
  if (status !== 'compared') return `${name}: ${ONLY[status]}; ${rows}`;
  const lines: string[] = [];
  if (difference.onlyFrom.length > 0)
    lines.push(`only the first has the columns ${difference.onlyFrom.join(', ')}`);
  if (difference.onlyTo.length > 0)
    lines.push(`only the second has the columns ${difference.onlyTo.join(', ')}`);
  const moved = 'figures' in difference ? Object.entries(difference.figures) : [];
  for (const [measure, { from, to }] of moved)
    if (from !== to) lines.push(`${measure}: ${from} became ${to} (${to! > from! ? '+' : ''}${to! - from!})`);
  if (added + removed + changed === 0)
    return [`${name}: no difference in ${fromRows} rows`, ...lines].join('\n  ');
  const columns = Object.entries(difference.columns).sort(([, a], [, b]) => b - a);
  if (columns.length > 0) lines.push(columns.map(([column, count]) => `${column} in ${count}`).join(', '));
  lines.push(...difference.samples.flatMap(sampleLines));
  return [`${name}: ${added} added, ${removed} removed, ${changed} changed (${rows})`, ...lines].join('\n  ');
}

/** Both sides of a row that changed, beside each other. */
function sampleLines({ kind, key, from, to }: DifferenceSample): string[] {
  const head = `${kind}: ${Object.entries(key)
    .map(([column, value]) => `${column} ${value}`)
    .join(', ')}`;
  if (kind !== 'changed') return [head];
  const cells = Object.keys(to!).map((column) => [`    ${column}`, shown(from![column]), shown(to![column])]);
  return [
    head,
    ...table([['    column', 'first', 'second'], ...cells])
      .split('\n')
      .map((line) => `  ${line}`),
  ];
}

const shown = (value: string | null | undefined): string => (value == null ? '(nothing)' : value);
