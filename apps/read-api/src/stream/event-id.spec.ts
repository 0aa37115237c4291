import fc from 'fast-check';
import { readId, writeId } from './event-id';

const offset = fc.oneof(fc.nat(), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
const topics = fc.array(fc.array(offset, { maxLength: 20 }), { minLength: 1, maxLength: 3 });

describe('the id of a stream’s event', () => {
  it('names the next offset of every partition', () => {
    fc.assert(
      fc.property(topics, (offsets) => {
        const counts = offsets.map(({ length }) => length);
        expect(readId(writeId(offsets.flat(), counts), counts)).toEqual({
          id: 'read',
          vector: offsets.flat(),
        });
      }),
    );
  });

  it('lets a partition that was added since begin at its beginning, and knows nothing of one that is gone', () => {
    fc.assert(
      fc.property(topics, fc.nat(5), (offsets, added) => {
        const counts = offsets.map(({ length }) => length);
        const id = writeId(offsets.flat(), counts);
        const more = counts.map((count) => count + added);
        const padded = offsets.flatMap((own) => [...own, ...Array.from({ length: added }, () => 0)]);
        expect(readId(id, more)).toEqual({ id: 'read', vector: padded });
        if (counts[0]! > 0)
          expect(readId(id, [counts[0]! - 1, ...counts.slice(1)])).toEqual({ id: 'foreign' });
      }),
    );
  });

  it('is refused when no stream gave it, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(30), { maxLength: 3 }), (text, counts) => {
        const read = readId(text, counts);
        if (read.id === 'read') expect(readId(writeId(read.vector, counts), counts)).toEqual(read);
      }),
    );
    for (const text of ['', 'x y', 'Ä', 'AQ', 'AQIB', 'AQEBAQ', 'a'.repeat(100_001)])
      expect(readId(text, [1]).id).not.toBe('read');
    expect(readId('AgEB', [1])).toEqual({ id: 'foreign' });
  });

  it('is short: some 150 characters for three topics of twelve partitions with a million records each', () => {
    const vector = Array.from({ length: 36 }, () => 1_000_000);
    expect(writeId(vector, [12, 12, 12]).length).toBeLessThan(160);
  });
});
