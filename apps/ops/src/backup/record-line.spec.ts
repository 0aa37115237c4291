import fc from 'fast-check';
import type { LogRecord } from '@app/engine';
import type { HeaderEntry } from '@app/engine-kafka';
import { lineOf, linesIn, messageOf } from './record-line';

interface Parts {
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly HeaderEntry[];
}

const bytes = fc.uint8Array({ maxLength: 30 }).map((array) => Buffer.from(array));
// Of what a name may be, what objects, lines and JSON take for something else.
const name = fc.oneof(
  fc.string({ unit: 'grapheme' }).filter((text) => !/^\d+$/.test(text)),
  fc.constantFrom('__proto__', 'constructor', '\u2028', '\n', '\r\n', '"'),
);
const records: fc.Arbitrary<Parts[]> = fc.array(
  fc.record({
    timestamp: fc.nat(),
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers: fc.uniqueArray(fc.tuple(name, bytes), { selector: ([text]) => text }),
  }),
);

function recordOf({ headers, ...rest }: Parts, offset: number): LogRecord {
  return { ...rest, offset, headers: { text: () => undefined, entries: () => headers } } as LogRecord;
}

async function* chunksOf(text: string, size: number): AsyncGenerator<Buffer> {
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += size) yield await Promise.resolve(all.subarray(at, at + size));
}

it('reads what it wrote, however the file is cut into chunks', () =>
  fc.assert(
    fc.asyncProperty(records, fc.integer({ min: 1, max: 50 }), async (wanted, size) => {
      const text = wanted.map((parts, i) => lineOf(recordOf(parts, i))).join('');
      const found: Parts[] = [];
      for await (const line of linesIn(chunksOf(text, size))) {
        const { timestamp, key, value, headers, partition } = messageOf(line, 3);
        expect(partition).toBe(3);
        found.push({
          timestamp: Number(timestamp),
          ...{ key: key as Buffer | null, value: value as Buffer | null },
          headers: Object.entries(headers as Record<string, Buffer[]>).map(([text, [one]]) => [text, one!]),
        });
      }
      expect(found).toEqual(wanted);
    }),
  ));
