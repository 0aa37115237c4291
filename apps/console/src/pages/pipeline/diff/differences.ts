import type { Schemas } from '../../../session/session';
import { count, counted, signed } from '../../../shared/numbers';
import { listed, wordsOf } from '../../../shared/words';

export type Table = Schemas['TableDifferenceDto'];
export type Tally = Schemas['TallyDifferenceDto'];

/** Whether there is anything to show of a table beside its name. */
export const differs = ({ status, added, removed, changed, onlyFrom, onlyTo }: Table): boolean =>
  status !== 'compared' || added + removed + changed + onlyFrom.length + onlyTo.length > 0;

/** The difference of a table in sentences. */
export function differenceWords({
  status,
  fromRows,
  toRows,
  added,
  removed,
  changed,
  columns,
  onlyFrom,
  onlyTo,
}: Table): string[] {
  const before = counted(fromRows, 'row');
  const after = counted(toRows, 'row');
  switch (status) {
    case 'onlyFrom':
      return [`Only the first side has this table, with ${before}.`];
    case 'onlyTo':
      return [`Only the second side has this table, with ${after}.`];
    case 'notComparable':
      return [`The keys differ, so the rows cannot be compared: ${before} before, ${after} after.`];
    case 'compared':
  }
  const parts = [
    ...(added > 0 ? [`${count(added)} added`] : []),
    ...(removed > 0 ? [`${count(removed)} removed`] : []),
    ...(changed > 0 ? [`${count(changed)} changed`] : []),
  ];
  const byColumn = Object.entries(columns)
    .sort(([, one], [, other]) => other - one)
    .map(([column, rows]) => `${wordsOf(column)} in ${counted(rows, 'row')}`);
  return [
    parts.length === 0
      ? `No row differs (${before}).`
      : `Rows: ${listed(parts)} (${count(fromRows)} before, ${count(toRows)} after).`,
    ...(byColumn.length > 0 ? [`What changed: ${listed(byColumn)}.`] : []),
    ...(onlyFrom.length > 0 ? [`Only the first side has ${listed(onlyFrom.map(wordsOf))}.`] : []),
    ...(onlyTo.length > 0 ? [`Only the second side has ${listed(onlyTo.map(wordsOf))}.`] : []),
  ];
}

/** The figures of a tally on both sides, with the change. */
export const figureRows = ({ figures }: Tally): [string, string, string, string][] =>
  Object.entries(figures).map(([figure, { from, to }]) => [
    wordsOf(figure),
    from === null ? '–' : count(from),
    to === null ? '–' : count(to),
    from === null || to === null ? '–' : signed(to - from),
  ]);
