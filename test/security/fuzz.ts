import fc from 'fast-check';

/** Another seed for every run; the one of a run that failed repeats it. */
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** How much: a factor of what `npm run test:all` does. */
const factor = Number(process.env['FUZZ_FACTOR'] ?? 1);

process.stderr.write(`fuzzing with FUZZ_SEED=${seed}, which repeats this run; FUZZ_FACTOR=${factor}\n`);

export const bounded = (runs: number): { seed: number; numRuns: number; endOnFailure: boolean } => ({
  seed,
  numRuns: Math.ceil(runs * factor),
  // What is sent over a connection is not worth being made smaller.
  endOnFailure: true,
});

/** Bytes of one of the texts, damaged in a few places: bytes changed, put in, taken out, or a piece repeated. */
export function mutated(texts: readonly string[]): fc.Arbitrary<Buffer> {
  const harm = fc.record({
    at: fc.nat(),
    how: fc.constantFrom('change', 'insert', 'remove', 'repeat'),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom('"', '\\', '{', '}', '[', ',', ':', '\r\n', '\u0000', '\\ud800', '1e999', '__proto__')
        .map((text) => Buffer.from(text)),
    ),
    length: fc.integer({ min: 1, max: 64 }),
  });
  return fc.tuple(fc.constantFrom(...texts), fc.array(harm, { maxLength: 4 })).map(([text, harms]) =>
    harms.reduce((whole, { at, how, bytes, length }) => {
      const place = at % (whole.length + 1);
      const [before, after] = [whole.subarray(0, place), whole.subarray(place)];
      if (how === 'insert') return Buffer.concat([before, bytes, after]);
      if (how === 'change') return Buffer.concat([before, bytes, after.subarray(bytes.length)]);
      if (how === 'remove') return Buffer.concat([before, after.subarray(length)]);
      return Buffer.concat([before, after.subarray(0, length), after]);
    }, Buffer.from(text)),
  );
}
