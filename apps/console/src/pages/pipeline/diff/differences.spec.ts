import { differenceWords, differs, figureRows, type Table } from './differences';

const table = (more: Partial<Table> = {}): Table => ({
  table: 'journey',
  status: 'compared',
  fromRows: 2,
  toRows: 2,
  added: 0,
  removed: 0,
  changed: 0,
  columns: {},
  onlyFrom: [],
  onlyTo: [],
  samples: [],
  ...more,
});

describe('the difference of a table', () => {
  it('is nothing where no row differs', () => {
    expect(differs(table())).toBe(false);
    expect(differenceWords(table())).toEqual(['No row differs (2 rows).']);
  });

  it('counts the rows, and names the columns that changed most first', () => {
    const changed = table({
      ...{ toRows: 3, added: 2, removed: 1, changed: 5 },
      columns: { title: 1, last_started_at: 4 },
    });
    expect(differs(changed)).toBe(true);
    expect(differenceWords(changed)).toEqual([
      'Rows: 2 added, 1 removed and 5 changed (2 before, 3 after).',
      'What changed: last started at in 4 rows and title in 1 row.',
    ]);
  });

  it('names columns that one side lacks', () => {
    const other = table({ onlyFrom: ['old_name'], onlyTo: ['new_name', 'newer_name'] });
    expect(differs(other)).toBe(true);
    expect(differenceWords(other)).toEqual([
      'No row differs (2 rows).',
      'Only the first side has old name.',
      'Only the second side has new name and newer name.',
    ]);
  });

  it.each([
    ['onlyFrom', 'Only the first side has this table, with 2 rows.'],
    ['onlyTo', 'Only the second side has this table, with 1 row.'],
    ['notComparable', 'The keys differ, so the rows cannot be compared: 2 rows before, 1 row after.'],
  ])('says why nothing was compared: %s', (status, sentence) => {
    const odd = table({ status: status as Table['status'], toRows: 1 });
    expect(differs(odd)).toBe(true);
    expect(differenceWords(odd)).toEqual([sentence]);
  });

  it('shows figures on both sides with their change', () => {
    const figures = { saw: { from: 2, to: 3 }, likes: { from: 4, to: 4 }, started: { from: null, to: 1 } };
    expect(figureRows({ ...table(), figures })).toEqual([
      ['saw', '2', '3', '+1'],
      ['likes', '4', '4', '0'],
      ['started', '–', '1', '–'],
    ]);
  });
});
