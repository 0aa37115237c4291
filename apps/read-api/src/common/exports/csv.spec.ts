import { StoredJson } from '@app/platform';
import fc from 'fast-check';
import { csvCell, csvRecord } from './csv';

/** Reads RFC 4180 back; told apart from what is tested. */
function parse(text: string): (string | null)[][] {
  const records: (string | null)[][] = [];
  let cells: (string | null)[] = [];
  let at = 0;
  while (at < text.length) {
    let cell: string | null = null;
    if (text[at] === '"') {
      cell = '';
      for (at++; ; at++) {
        if (text[at] === '"' && text[at + 1] !== '"') break;
        if (text[at] === '"') at++;
        cell += text[at]!;
      }
      at++;
    } else {
      const end = /,|\r\n/.exec(text.slice(at))!.index + at;
      if (end > at) cell = text.slice(at, end);
      at = end;
    }
    cells.push(cell);
    if (text[at] === ',') {
      at++;
      continue;
    }
    expect(text.slice(at, at + 2)).toBe('\r\n');
    at += 2;
    records.push(cells);
    cells = [];
  }
  return records;
}

const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(null, '', 'a,b', 'a"b', '\r\n', ' x', '=1+1'),
);

describe('CSV', () => {
  it('reads back as it was, but for the apostrophe before what a spreadsheet would run', () => {
    fc.assert(
      fc.property(fc.array(fc.array(value, { minLength: 1 }), { minLength: 1 }), (rows) => {
        const back = parse(rows.map(csvRecord).join(''));
        const expected = rows.map((row) =>
          row.map((cell) => (cell !== null && /^[=+\-@\t\r\n＝＋－＠]/.test(cell) ? `'${cell}` : cell)),
        );
        expect(back).toEqual(expected);
      }),
    );
  });

  it.each([
    [null, ''],
    [undefined, ''],
    ['', '""'],
    [-5, '-5'],
    [true, 'true'],
    ['-5', "'-5"],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['\tx', `"'\tx"`],
    [new StoredJson('{"a":12345678901234567890,"b":[1,"x"]}'), 'a: 12345678901234567890; b: 1; x'],
    [new StoredJson('["Growth","a, b"]'), '"Growth; a, b"'],
    [new StoredJson('"text"'), 'text'],
    [new StoredJson('-5'), '-5'],
    [new StoredJson('null'), ''],
    [new StoredJson('[]'), '""'],
    [new StoredJson('["=1+1"]'), "'=1+1"],
    [['a', { b: [true, null] }], '"a; b: true; "'],
    [[{ a: null }], '"a: "'],
    [new StoredJson(`${'['.repeat(200)}1${']'.repeat(200)}`), '1'],
  ])('%j is %s', (given, cell) => {
    expect(csvCell(given)).toBe(cell);
  });
});
