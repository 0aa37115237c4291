import fc from 'fast-check';
import type { TestEvent } from './everything';

const uuids = Array.from({ length: 6 }, (_, i) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`);
const uuid = fc.constantFrom(...uuids);
// Few values, so that ties on time, rank, id and content are common.
const time = fc.constantFrom(
  -62_135_596_800_000,
  -1,
  0,
  1_740_125_703_000,
  1_740_125_703_001,
  253_402_300_799_999,
);
const awkwardText = fc.constantFrom(
  '',
  'a',
  'B',
  'é',
  '\u007f',
  '"\\',
  '\ufffd',
  '\uffff',
  '😀',
  '{}',
  'NULL',
  "it's",
  '\n\t\u0001',
  ' x ',
);
const text = fc.oneof(awkwardText, fc.string({ unit: 'binary', maxLength: 8 }));
const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null | undefined> =>
  fc.oneof(
    { weight: 4, arbitrary },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: fc.constant(undefined) },
  );

/** Events of the test projection: few keys and stamps, awkward values. */
export const testEvent: fc.Arbitrary<TestEvent> = fc.record({
  workspace: fc.constantFrom('default', 'other'),
  id: uuid,
  // Now and then a person is erased: most of a few are not.
  name: fc.oneof(
    { weight: 24, arbitrary: fc.constantFrom('a', "b'c", 'd') },
    { weight: 1, arbitrary: fc.constant('erase') },
  ),
  time,
  rank: fc.integer({ min: 0, max: 2 }),
  who: fc.constantFrom(...uuids.slice(0, 3)),
  what: fc.constantFrom('x', 'y', 'Ω"\\'),
  values: fc.record({
    at: nullable(time),
    label: nullable(text),
    flag: nullable(fc.boolean()),
    size: nullable(fc.constantFrom(-1, 0, 7, Number.MAX_SAFE_INTEGER)),
    doc: nullable(fc.json({ maxDepth: 2 })),
    tags: nullable(fc.array(text, { maxLength: 3 })),
    note: nullable(text),
  }),
}) as fc.Arbitrary<TestEvent>;

/** The same events in another order, some of them several times, cut into batches. */
export interface Delivery {
  readonly topic: string;
  readonly partition: number;
  readonly events: readonly TestEvent[];
}

export function deliveriesOf(events: readonly TestEvent[]): fc.Arbitrary<Delivery[]> {
  const indexes = fc.array(fc.nat({ max: Math.max(0, events.length - 1) }), { maxLength: events.length });
  return fc
    .tuple(fc.shuffledSubarray([...events], { minLength: events.length, maxLength: events.length }), indexes)
    .chain(([shuffled, again]) => {
      const stream = [...shuffled, ...again.flatMap((i) => (events[i] ? [events[i]] : []))];
      const batch = fc.record({
        topic: fc.constantFrom('left', 'right'),
        partition: fc.constantFrom(0, 1),
        size: fc.integer({ min: 1, max: 6 }),
      });
      return fc.array(batch, { minLength: stream.length, maxLength: stream.length }).map((batches) => {
        const deliveries: Delivery[] = [];
        let at = 0;
        for (const { topic, partition, size } of batches) {
          if (at >= stream.length) break;
          deliveries.push({ topic, partition, events: stream.slice(at, at + size) });
          at += size;
        }
        return deliveries;
      });
    });
}
