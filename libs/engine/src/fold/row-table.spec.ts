import { hash } from 'node:crypto';
import { uid } from '../declare/columns';
import { greatest } from '../declare/merges';
import { readModel } from '../declare/read-model';
import { relationOf } from '../verify/relation';
import { RowTable } from './row-table';

const KEYS = 300_000;

describe('a table of rows by key', () => {
  // Of so many keys some ten pairs have the same hash of 32 bits.
  it('keeps one row for every key and merges the others into it, also where hashes collide', () => {
    const table = new RowTable(
      relationOf(
        readModel('r', 'Test.', {
          key: { what: uid('Key.') },
          columns: { name: greatest(uid('Name.')) },
          person: null,
        }),
      ),
    );
    const keys = Array.from({ length: KEYS }, (_, i) => hash('md5', String(i)));
    let added = 0;
    const add = (row: string[]): void => {
      if (table.add(row) === row) added++;
    };
    for (const key of keys) add([key, 'x', 'a']);
    for (const key of keys) add([key, 'x', `b${key}`]);
    expect(added).toBe(KEYS);
    const { rows } = table.drain();
    expect(rows).toHaveLength(KEYS);
    expect(rows.every(([key, , name]) => name === `b${String(key)}`)).toBe(true);
    expect(table.size).toBe(0);
  });
});
