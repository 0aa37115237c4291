import type { AnyReadModel, Column, Measure, Tally } from '@app/engine';
import { elementsSql, groupSql } from './group-sql';
import { identifier, literal, qualified } from './identifiers';

/** The measures of a tally that count rows of one table. */
export interface Counted {
  readonly tally: Tally;
  readonly measures: readonly Measure[];
}

export function countedOver(table: AnyReadModel, tallies: readonly Tally[]): readonly Counted[] {
  return tallies
    .map((tally) => ({ tally, measures: tally.measures.filter((measure) => measure.over === table) }))
    .filter(({ measures }) => measures.length > 0);
}

/** Name in `merged` of a key column, which is the same before and after. */
export const keyImage = ({ sqlName }: Column): string => identifier(`k_${sqlName}`);

/** What a column was before the merge, and what it is after it. */
type Image = 'old' | 'new';

function imageOf(column: Column, image: Image): string {
  if (column.role.kind === 'key') return keyImage(column);
  return identifier(`${image === 'old' ? 'o' : 'n'}_${column.sqlName}`);
}

/** What RETURNING has to give besides the key: whether the row was there before, and the images of columns. */
export function returnedImages(table: AnyReadModel, counted: readonly Counted[]): readonly string[] {
  if (counted.length === 0) return [];
  const columns = new Set(counted.flatMap(({ measures }) => measures.flatMap(movable)));
  return [
    `old.${identifier(table.keys[0]!.sqlName)} IS NOT NULL AS existed`,
    ...[...columns].flatMap((column) => {
      const name = identifier(column.sqlName);
      return [`old.${name} AS ${imageOf(column, 'old')}`, `new.${name} AS ${imageOf(column, 'new')}`];
    }),
  ];
}

/** Columns whose change moves a row from one group to another, or into the count, or out of it. */
function movable({ by, where }: Measure): readonly Column[] {
  const columns = [...by, ...(where ? [where] : [])].map(({ column }) => column);
  return [...new Set(columns)].filter(({ role }) => role.kind !== 'key');
}

/**
 * Parts of a WITH that move tallies by the rows of its part `merged`.
 *
 * @param shard SQL of the shard that this transaction alone moves
 */
export function movedTallies(schema: string, counted: readonly Counted[], shard: string): readonly string[] {
  if (counted.length === 0) return [];
  return [
    // As a rule most rows are new: those that were there are looked for once.
    'was AS (SELECT * FROM merged WHERE existed)',
    ...counted.flatMap(({ tally, measures }, i) => [
      `delta_${i} AS (\n${deltas(tally, measures)}\n)`,
      `tally_${i} AS (\n${moveTally(schema, tally, measures, `delta_${i}`, shard)}\n)`,
    ]),
  ];
}

/** Signed changes per group: minus one where a row was counted before, plus one where it is now. */
function deltas(tally: Tally, measures: readonly Measure[]): string {
  const parts = measures.flatMap((measure) => [
    countedRows(tally, measures, measure, 'new'),
    // A row never leaves a group that its key alone makes.
    ...(movable(measure).length > 0 ? [countedRows(tally, measures, measure, 'old')] : []),
  ]);
  const keys = tally.keys.map((key) => identifier(key.sqlName)).join(', ');
  const counts = measures.map(({ sqlName }) => identifier(sqlName));
  const sums = counts.map((name) => `sum(${name})::bigint AS ${name}`);
  const nonZero = counts.map((name) => `sum(${name}) <> 0`).join(' OR ');
  return `SELECT ${keys}, ${sums.join(', ')} FROM (\n${parts.join('\nUNION ALL\n')}\n) AS counted\nGROUP BY ${keys}\nHAVING ${nonZero}`;
}

/** Each measure is counted by itself, so that what is added up over measures are groups and not rows. */
function countedRows(tally: Tally, measures: readonly Measure[], measure: Measure, image: Image): string {
  const of = (column: Column): string => imageOf(column, image);
  const workspace = keyImage(measure.over.keys[0]!);
  const groups = measure.by.map(({ kind, column }) =>
    kind === 'utc-day' ? startOfDay(of(column)) : groupSql(kind, of(column)),
  );
  const shown = measure.by.map(({ kind }, i) =>
    kind === 'utc-day' ? groupSql(kind, groups[i]!) : groups[i]!,
  );
  const count = image === 'new' ? 'count(*)' : '-count(*)';
  const values = measures.map((candidate) => (candidate === measure ? count : '0::bigint'));
  const columns = [
    ...[workspace, ...shown].map((sql, i) => `${sql} AS ${identifier(tally.keys[i]!.sqlName)}`),
    ...values.map((sql, i) => `${sql} AS ${identifier(measures[i]!.sqlName)}`),
  ];
  const rows = `${image === 'new' ? 'merged' : 'was'}${elementsSql(measure, of)}`;
  return `SELECT ${columns.join(', ')} FROM ${rows} WHERE ${conditions(measure, image).join(' AND ')} GROUP BY ${[workspace, ...groups].join(', ')}`;
}

function conditions(measure: Measure, image: Image): readonly string[] {
  const { by, where } = measure;
  const ways = movable(measure);
  const present = by
    .filter(({ column }) => column.role.kind !== 'key')
    .map(({ column }) => `${imageOf(column, image)} IS NOT NULL`);
  const chosen = where ? [`${imageOf(where.column, image)} IN (${where.oneOf.map(literal).join(', ')})`] : [];
  // A row whose group stays the same would add one and take one away again.
  const moved = ways.map((column) => `${imageOf(column, 'new')} IS DISTINCT FROM ${imageOf(column, 'old')}`);
  return [...present, ...chosen, ways.length > 0 ? `(${moved.join(' OR ')})` : 'NOT existed'];
}

/** Arithmetic on the instant: looking up a time zone for each row costs more than counting it. */
function startOfDay(instant: string): string {
  return `date_bin('1 day', ${instant}, '2000-01-01 00:00:00Z')`;
}

function moveTally(
  schema: string,
  tally: Tally,
  measures: readonly Measure[],
  source: string,
  shard: string,
): string {
  const keys = tally.keys.map((key) => identifier(key.sqlName)).join(', ');
  const counts = measures.map((measure) => identifier(measure.sqlName));
  const sums = counts.map((name) => `${name} = f.${name} + EXCLUDED.${name}`).join(', ');
  return `INSERT INTO ${qualified(schema, tally.name)} AS f (${keys}, "shard", ${counts.join(', ')})
SELECT ${keys}, ${shard}, ${counts.join(', ')} FROM ${source}
ORDER BY ${keys}
ON CONFLICT (${keys}, "shard") DO UPDATE SET ${sums}`;
}
