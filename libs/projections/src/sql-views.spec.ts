import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnyReadModel, Tally } from '@app/engine';
import { CHANGED_AT } from '@app/engine/adapters';
import { PROJECTIONS } from '.';

/**
 * The views are what others join: their guide names every column, from the declarations. `WRITE_VIEWS=1` writes
 * that part of it anew.
 */
const FILE = join(__dirname, '../../../docs/sql-views.md');
const [BEGIN, END] = ['<!-- from the declarations -->', '<!-- end -->'];

interface ShownColumn {
  readonly name: string;
  readonly type: string;
}

function columnsOf(table: AnyReadModel | Tally): ShownColumn[] {
  return [...declaredColumnsOf(table), { name: CHANGED_AT, type: 'timestamptz' }];
}

function declaredColumnsOf(table: AnyReadModel | Tally): ShownColumn[] {
  const plain = (sql: string): string => sql.replace(' COLLATE "C"', '');
  if (table.kind === 'tally')
    return [
      ...table.keys.map(({ sqlName, type }) => ({ name: sqlName, type: plain(type.sql) })),
      ...table.measures.map(({ sqlName }) => ({ name: sqlName, type: 'bigint' })),
    ];
  return [
    ...table.columns.map(({ sqlName, type }) => ({
      name: sqlName,
      type: type.name === 'json' ? 'json' : plain(type.sql),
    })),
    ...[...table.generated, ...table.viewColumns].map(({ sqlName, type }) => ({
      name: sqlName,
      type: plain(type.sql),
    })),
  ];
}

function keyOf(table: AnyReadModel | Tally): string {
  return table.keys.map(({ sqlName }) => sqlName).join(', ');
}

const views = PROJECTIONS.flatMap(({ tables, tallies }) => [...tables, ...tallies]).sort((a, b) =>
  a.name < b.name ? -1 : 1,
);

function described(): string {
  return views
    .map((table) => {
      const rows = columnsOf(table).map(
        ({ name, type }) => `- \`${name}\` (${type}): ${table.columnComments[name] ?? ''}`,
      );
      return `### ${table.name}\n\n${table.comment} Key: ${keyOf(table)}.\n\n${rows.join('\n')}\n`;
    })
    .join('\n');
}

function written(): { before: string; views: string; after: string } {
  const text = readFileSync(FILE, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
  return { before: text.slice(0, begin), views: text.slice(begin, end), after: text.slice(end) };
}

if (process.env['WRITE_VIEWS']) {
  const { before, after } = written();
  writeFileSync(FILE, `${before}\n\n${described()}\n${after}`);
}

describe('the stable views', () => {
  it.each(views.map((table) => [table.name, table] as const))(
    '%s: every column says what it holds',
    (_name, table) => {
      const silent = columnsOf(table).filter(({ name }) => !table.columnComments[name]);
      expect(silent).toEqual([]);
    },
  );

  it('are those of docs/sql-views.md (else WRITE_VIEWS=1)', () => {
    expect(written().views.trim()).toBe(described().trim());
  });
});
