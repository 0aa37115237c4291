import { everything, testEvent } from '@app/testing';
import { relationOf } from '@app/engine/adapters';
import fc from 'fast-check';
import { postgresRowCodec } from './row-codec';

const FARTHEST = [-62_135_596_800_000, 253_402_300_799_999, -1, 0, 946_684_799_999];

describe('the bytes of a record', () => {
  it('are read back as the row that they were written from', () => {
    fc.assert(
      fc.property(testEvent, fc.constantFrom(null, ...FARTHEST), (event, time) => {
        const handler = everything.handlerOf(event.name);
        let contributions: ReturnType<NonNullable<typeof handler>> = [];
        try {
          contributions = handler?.({ ...event, time: time ?? event.time }) ?? [];
        } catch {}
        for (const { table, row } of contributions) {
          const codec = postgresRowCodec(relationOf(table));
          const bytes = Buffer.concat([Buffer.alloc(7), codec.encode(row)]);
          expect(codec.decode(bytes, 7, bytes.length)).toEqual(row);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('are read back as counts, negative ones included, and as days', () => {
    for (const tally of everything.tallies) {
      const { columns, keyColumns } = relationOf(tally);
      const row = columns.map(({ type: { name } }, i) => {
        if (i >= keyColumns) return i % 2 === 0 ? -3 : 2 ** 40;
        if (name === 'uuid') return '00000000-0000-4000-8000-00000000000a';
        return name === 'date' ? '0001-02-28' : name === 'integer' ? -1 : 'ü';
      });
      const codec = postgresRowCodec({ columns, keyColumns });
      const bytes = codec.encode(row);
      expect(codec.decode(bytes, 0, bytes.length)).toEqual(row);
    }
  });
});
