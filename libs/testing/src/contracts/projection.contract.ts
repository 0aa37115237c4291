import { decodeEvent, generateEvents, type CatalogEvent } from '@app/catalog';
import { Projector, type AnyReadModel, type Projection, type RecordBatch, type Tally } from '@app/engine';
import fc from 'fast-check';
import { lease, memoryOf, silent, type StoreUnderTest } from './projection-store.contract';
import { recordOf, type Placed } from './records';
import { withTriage } from './triage';

/** Everything a store holds of a projection, in an order of its own. */
export type Everything = Readonly<Record<string, readonly Record<string, unknown>[]>>;

/**
 * The property that every projection has for free: any permutation, repetition and batching of the same
 * deliveries ends in the same rows. A position belongs to its record: a redelivery has another one.
 *
 * @param open gives an empty store for the projection
 * @param life how many occurrences the generated life has; redeliveries, late and early ones come on top
 * @param deliveriesOf what is delivered, made from the bodies of a generated life; unless given, these and the
 * triage of the requests among them
 */
export function projectionContract(
  projection: Projection<CatalogEvent>,
  open: () => Promise<StoreUnderTest>,
  {
    life,
    runs,
    deliveriesOf = withTriage,
  }: {
    readonly life: number;
    readonly runs: number;
    readonly deliveriesOf?: (bodies: readonly string[], seed: number) => readonly (string | Placed)[];
  },
): void {
  it('ends in the same rows for any permutation, repetition and batching of a generated life', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 97 }),
        async (seed, dice, size) => {
          const bodies = [
            ...generateEvents({
              seed,
              jimers: 5,
              experiences: 6,
              events: life,
              days: 3,
              redeliveryRate: 0.2,
              latenessRate: 0.2,
              returnRate: 0.6,
              requestRate: 0.1,
            }),
          ].map(({ body }) => body);
          const deliveries = deliveriesOf(bodies, seed);
          // Half of what is repeated has a lower position than its first delivery, and half a greater one.
          const half = deliveries.slice(0, deliveries.length >> 1);
          const middle = half.length >> 1;
          const repeated = numbered([...half.slice(0, middle), ...deliveries, ...half.slice(middle)]);
          const once = repeated.slice(middle, middle + deliveries.length);
          const plain = await applied(projection, memoryOf(projection), [repeated]);
          expect(withoutPositions(projection, plain)).toEqual(
            withoutPositions(projection, await applied(projection, memoryOf(projection), [once])),
          );
          const scrambled = shuffled(repeated, dice);
          const batches = Array.from({ length: Math.ceil(scrambled.length / size) }, (_, i) =>
            scrambled.slice(i * size, (i + 1) * size),
          );
          expect(await applied(projection, await open(), batches)).toEqual(plain);
        },
      ),
      { numRuns: runs },
    );
  });
}

/** Deliveries as records, each with an offset of its own. */
export function numbered(deliveries: readonly (string | Placed)[]): Placed[] {
  return deliveries.map((delivery, offset) => {
    if (typeof delivery === 'string') return recordOf(delivery, offset);
    return { ...delivery, record: { ...delivery.record, offset } };
  });
}

function withoutPositions({ tables }: Projection<CatalogEvent>, all: Everything): Everything {
  const kept = tables.map(({ name, position }) => {
    const rows = all[name]!;
    return [name, position ? rows.map((row) => ({ ...row, [position.name]: null })) : rows];
  });
  return { ...all, ...(Object.fromEntries(kept) as Everything) };
}

/**
 * Sends batches of records through the projection, each record to its topic and one of two partitions. The offset of a
 * record goes with it, in whatever order they come; the batches count offsets of their own.
 */
export async function applied(
  projection: Projection<CatalogEvent>,
  under: StoreUnderTest,
  batches: readonly (readonly Placed[])[],
): Promise<Everything> {
  const projector = new Projector<CatalogEvent>([projection], decodeEvent, under.store, silent);
  const ends = new Map<string, number>();
  for (const deliveries of batches) {
    const slots = new Map<string, Placed[]>();
    for (const placed of deliveries) {
      if (!projection.topics.includes(placed.topic)) continue;
      const slot = `${placed.topic}/${placed.partitionKey.charCodeAt(0) % 2}`;
      slots.set(slot, [...(slots.get(slot) ?? []), placed]);
    }
    for (const [slot, placed] of slots) {
      const fromOffset = ends.get(slot) ?? 0;
      const [topic, partition] = slot.split('/') as [string, string];
      const records = placed.map(({ record }) => record);
      const nextOffset = fromOffset + records.length;
      const batch: RecordBatch = { topic, partition: Number(partition), fromOffset, nextOffset, records };
      await projector.apply(batch, lease);
      ends.set(slot, nextOffset);
    }
  }
  expect(await under.deadLetters()).toEqual([]);
  return everythingOf(projection, under);
}

async function everythingOf(
  projection: Projection<CatalogEvent>,
  under: StoreUnderTest,
): Promise<Everything> {
  const read = async (table: AnyReadModel | Tally): Promise<[string, Record<string, unknown>[]]> => [
    table.name,
    table.kind === 'tally' ? await under.groupsOf(table) : await under.rowsOf(table),
  ];
  return Object.fromEntries(await Promise.all([...projection.tables, ...projection.tallies].map(read)));
}

export function shuffled<T>(items: readonly T[], dice: fc.Stream<number>): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = dice.next().value! % (i + 1);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}
