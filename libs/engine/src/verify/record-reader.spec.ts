import { everything, testEvent } from '@app/testing';
import fc from 'fast-check';
import { RecordBytes } from './record-bytes';
import { RecordReader } from './record-reader';
import { relationOf } from './relation';

const FARTHEST = [-62_135_596_800_000, 253_402_300_799_999, -1, 0, 946_684_799_999];

describe('the bytes of a record', () => {
  it('give the row back that they were written from', () => {
    fc.assert(
      fc.property(testEvent, fc.constantFrom(null, ...FARTHEST), (event, time) => {
        const handler = everything.handlerOf(event.name);
        let contributions: ReturnType<NonNullable<typeof handler>> = [];
        try {
          contributions = handler?.({ ...event, time: time ?? event.time }) ?? [];
        } catch {
          // An event that cannot be applied makes no row.
        }
        for (const { table, row } of contributions) {
          const { columns, keyColumns } = relationOf(table);
          const bytes = Buffer.concat([Buffer.alloc(7), new RecordBytes(columns, keyColumns).of(row)]);
          expect(new RecordReader(columns).rowAt(bytes, 7)).toEqual(row);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('give back counts, those below zero included, and days', () => {
    for (const tally of everything.tallies) {
      const { columns, keyColumns } = relationOf(tally);
      const row = columns.map(({ type: { name } }, i) => {
        if (i >= keyColumns) return i % 2 === 0 ? -3 : 2 ** 40;
        if (name === 'uuid') return '00000000-0000-4000-8000-00000000000a';
        return name === 'date' ? '0001-02-28' : name === 'integer' ? -1 : 'ü';
      });
      expect(new RecordReader(columns).rowAt(new RecordBytes(columns, keyColumns).of(row), 0)).toEqual(row);
    }
  });
});
