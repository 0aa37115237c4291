import fc from 'fast-check';
import { readVector, writeVector } from './offset-vector';

const offset = fc.oneof(fc.nat(), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
const topics = fc.array(fc.array(offset, { maxLength: 20 }), { minLength: 1, maxLength: 3 });

describe('a vector of offsets as text', () => {
  it('has the offset of every partition', () => {
    fc.assert(
      fc.property(topics, (offsets) => {
        const counts = offsets.map(({ length }) => length);
        expect(readVector(writeVector(offsets.flat(), counts), counts)).toEqual({
          outcome: 'read',
          vector: offsets.flat(),
        });
      }),
    );
  });

  it('lets a partition that was added since begin at its beginning, and knows nothing of one that is gone', () => {
    fc.assert(
      fc.property(topics, fc.nat(5), (offsets, added) => {
        const counts = offsets.map(({ length }) => length);
        const text = writeVector(offsets.flat(), counts);
        const more = counts.map((count) => count + added);
        const padded = offsets.flatMap((own) => [...own, ...Array.from({ length: added }, () => 0)]);
        expect(readVector(text, more)).toEqual({ outcome: 'read', vector: padded });
        if (counts[0]! > 0)
          expect(readVector(text, [counts[0]! - 1, ...counts.slice(1)])).toEqual({ outcome: 'foreign' });
      }),
    );
  });

  it('is refused when it was not made here, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(30), { maxLength: 3 }), (text, counts) => {
        const read = readVector(text, counts);
        if (read.outcome === 'read')
          expect(readVector(writeVector(read.vector, counts), counts)).toEqual(read);
      }),
    );
    for (const text of ['', 'x y', 'Ä', 'AQ', 'AQIB', 'AQEBAQ', 'a'.repeat(100_001)])
      expect(readVector(text, [1]).outcome).not.toBe('read');
    expect(readVector('AgEB', [1])).toEqual({ outcome: 'foreign' });
  });

  it('is short: some 150 characters for three topics of twelve partitions with a million records each', () => {
    const vector = Array.from({ length: 36 }, () => 1_000_000);
    expect(writeVector(vector, [12, 12, 12]).length).toBeLessThan(160);
  });
});
