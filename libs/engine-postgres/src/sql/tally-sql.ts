import type { AnyReadModel, Tally, Column } from '@app/engine';
import { columnsIn, type Measure } from '@app/engine/adapters';
import { TOUCH_CHANGED_AT } from './changed-at';
import { byGroups, countsSql, elementsSql, groupSql } from './group-sql';
import { identifier, qualified } from './identifiers';

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

/** Name in `merged` of a key column, which a merge does not change. */
export const keyImage = ({ sqlName }: Column): string => identifier(`k_${sqlName}`);

/** Names in `merged` of a column's value before and after the merge. */
type Image = 'old' | 'new';

function imageOf(column: Column, image: Image): string {
  if (column.role.kind === 'key') return keyImage(column);
  return identifier(`${image === 'old' ? 'o' : 'n'}_${column.sqlName}`);
}

/** The RETURNING list besides the key: whether the row existed before, and the images of columns. */
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

/** Columns whose change moves a row between groups, into the count or out of it. */
function movable({ by, where }: Measure): readonly Column[] {
  const columns = [...by.map(({ column }) => column), ...(where ? columnsIn(where) : [])];
  return [...new Set(columns)].filter(({ role }) => role.kind !== 'key');
}

/**
 * Parts of a WITH clause that update tallies from the rows of its part `merged`.
 *
 * @param shard SQL of the shard, which only this transaction writes
 */
export function movedTallies(schema: string, counted: readonly Counted[], shard: string): readonly string[] {
  if (counted.length === 0) return [];
  const parts = ({ tally, measures }: Counted): readonly string[] =>
    byGroups(measures).flatMap((together) => [
      countedRows(tally, measures, together, 'new', changed(together, 'new')),
      // A row never leaves a group that is determined by its key.
      ...(together.some((measure) => movable(measure).length > 0)
        ? [countedRows(tally, measures, together, 'old', changed(together, 'old'))]
        : []),
    ]);
  // Most rows are usually new, so those that existed are selected once.
  return ['was AS (SELECT * FROM merged WHERE existed)', ...moves(schema, counted, parts, shard)];
}

/** The same for deleted rows, whose images are in the part `was`. */
export function leftTallies(schema: string, counted: readonly Counted[], shard: string): readonly string[] {
  const parts = ({ tally, measures }: Counted): readonly string[] =>
    byGroups(measures).map((together) => countedRows(tally, measures, together, 'old', []));
  return moves(schema, counted, parts, shard);
}

function moves(
  schema: string,
  counted: readonly Counted[],
  parts: (each: Counted) => readonly string[],
  shard: string,
): readonly string[] {
  return counted.flatMap((each, i) => [
    `delta_${i} AS (\n${deltas(each, parts(each))}\n)`,
    `tally_${i} AS (\n${moveTally(schema, each.tally, each.measures, `delta_${i}`, shard)}\n)`,
  ]);
}

/** Signed changes per group: minus one where a row was counted before, plus one where it is now. */
function deltas({ tally, measures }: Counted, parts: readonly string[]): string {
  const keys = tally.keys.map((key) => identifier(key.sqlName)).join(', ');
  const names = measures.map(({ sqlName }) => identifier(sqlName));
  const sums = names.map((name) => `sum(${name})::bigint AS ${name}`);
  const nonZero = names.map((name) => `sum(${name}) <> 0`).join(' OR ');
  return `SELECT ${keys}, ${sums.join(', ')} FROM (\n${parts.join('\nUNION ALL\n')}\n) AS counted\nGROUP BY ${keys}\nHAVING ${nonZero}`;
}

/** Counts per group first, so that the sum over measures handles groups instead of rows. */
function countedRows(
  tally: Tally,
  measures: readonly Measure[],
  together: readonly Measure[],
  image: Image,
  more: readonly string[],
): string {
  const of = (column: Column): string => imageOf(column, image);
  const { over, by } = together[0]!;
  const workspace = keyImage(over.keys[0]!);
  const groups = by.map(({ kind, column }) =>
    kind === 'utc-day' ? startOfDay(of(column)) : groupSql(kind, of(column)),
  );
  const shown = by.map(({ kind }, i) => (kind === 'utc-day' ? groupSql(kind, groups[i]!) : groups[i]!));
  const { numberOf, any } = countsSql(together, of);
  const sign = image === 'new' ? '' : '-';
  const values = measures.map((measure) =>
    together.includes(measure) ? `${sign}${numberOf(measure)}` : '0::bigint',
  );
  const columns = [
    ...[workspace, ...shown].map((sql, i) => `${sql} AS ${identifier(tally.keys[i]!.sqlName)}`),
    ...values.map((sql, i) => `${sql} AS ${identifier(measures[i]!.sqlName)}`),
  ];
  const present = by
    .filter(({ column }) => column.role.kind !== 'key')
    .map(({ column }) => `${of(column)} IS NOT NULL`);
  const conditions = [...present, ...(any === null ? [] : [any]), ...more];
  const rows = `${image === 'new' ? 'merged' : 'was'}${elementsSql(together[0]!, of)}`;
  return `SELECT ${columns.join(', ')} FROM ${rows} WHERE ${conditions.join(' AND ') || 'true'} GROUP BY ${[workspace, ...groups].join(', ')}`;
}

/** Rows whose group did not change are skipped: their +1 and -1 would cancel. */
function changed(together: readonly Measure[], image: Image): readonly string[] {
  const moved = [...new Set(together.flatMap(movable))].map(
    (column) => `${imageOf(column, 'new')} IS DISTINCT FROM ${imageOf(column, 'old')}`,
  );
  // If the key determines a measure's group, a new row counts even though no column that was compared differs.
  const isNew = together.some((measure) => movable(measure).length === 0) ? ['NOT existed'] : [];
  const ways = image === 'new' ? [...isNew, ...moved] : moved;
  return [`(${ways.join(' OR ')})`];
}

/** Uses arithmetic on the instant, since looking up a time zone for each row would cost more than counting it. */
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
  const sums = counts.map((name) => `${name} = f.${name} + EXCLUDED.${name}`);
  return `INSERT INTO ${qualified(schema, tally.name)} AS f (${keys}, "shard", ${counts.join(', ')})
SELECT ${keys}, ${shard}, ${counts.join(', ')} FROM ${source}
ORDER BY ${keys}
ON CONFLICT (${keys}, "shard") DO UPDATE SET ${[...sums, TOUCH_CHANGED_AT].join(', ')}`;
}
