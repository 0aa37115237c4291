import {
  decodeEvent,
  generateEvents,
  jimerErased,
  JIMER_TOPICS,
  jimersOf,
  Observations,
  type CatalogEvent,
} from '@app/catalog';
import type { Projection } from '@app/engine';
import fc from 'fast-check';
import { applied, numbered, shuffled, type Everything } from './projection.contract';
import { memoryOf, type StoreUnderTest } from './projection-store.contract';
import { systemRecordOf, type Placed } from './records';
import { rejectedDeliveries } from './rejected-deliveries';
import { withTriage } from './triage';

const ERASED_AT = Date.UTC(2100, 0, 3);

/**
 * What an erasure has to achieve in every projection: live tables that merged events of jimers before and after their
 * erasure equal those of a log without these events, except for the facts about experiences that only they contained.
 *
 * @param open gives an empty store for the projection
 */
export function erasureContract(
  projection: Projection<CatalogEvent>,
  open: () => Promise<StoreUnderTest>,
  { life, runs }: { readonly life: number; readonly runs: number },
): void {
  it('ends in the tables of a log without the jimers, whenever they are erased and whatever is redelivered', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 97 }),
        fc.integer({ min: 1, max: 2 }),
        async (seed, dice, size, howMany) => {
          const records = lifeOf(seed, life);
          const gone = new Set(jimersIn(records).slice(0, howMany));
          const isTheirs = (record: Placed): boolean =>
            jimersOf(decoded(record)).some((uid) => gone.has(uid));
          const observations = new Observations();
          for (const record of records) observations.add(decoded(record), isTheirs(record));
          const told = numbered([
            ...observations.records().map((record) => systemRecordOf(record, ERASED_AT)),
            ...[...gone].flatMap(erasuresOf),
          ]);

          const others = records.filter((record) => !isTheirs(record));
          const without = await applied(projection, memoryOf(projection), [[...others, ...told]]);
          const again = records.filter((record, i) => isTheirs(record) && i % 2 === 0);
          const stream = shuffled([...records, ...told, ...again], dice);
          const batches = Array.from({ length: Math.ceil(stream.length / size) }, (_, i) =>
            stream.slice(i * size, (i + 1) * size),
          );
          const live = await applied(projection, await open(), batches);
          expect(live).toEqual(without);
          expectNothingOf(gone, live);
        },
      ),
      { numRuns: runs },
    );
  });
}

/** Events of few jimers, including rejected ones. */
function lifeOf(seed: number, events: number): Placed[] {
  const options = { seed, jimers: 4, experiences: 5, events, days: 3, redeliveryRate: 0.2, requestRate: 0.1 };
  const bodies = [...generateEvents(options)].map(({ body }) => body);
  return numbered([...withTriage(bodies, seed), ...rejectedDeliveries(bodies.slice(0, events >> 2))]);
}

function jimersIn(records: readonly Placed[]): string[] {
  const known = records.filter(({ topic }) => topic === 'jimo.engagement' || topic === 'jimo.feedback');
  return [...new Set(known.flatMap((record) => jimersOf(decoded(record))))];
}

/** The erasure in each of the two partitions of every topic. */
function erasuresOf(uid: string): Placed[] {
  return JIMER_TOPICS.flatMap((topic) => {
    const record = jimerErased({
      ...{ workspace: 'default', time: ERASED_AT, topic, by: 'a test' },
      jimer: { uid },
    });
    return ['0', '1'].map((partitionKey) => ({ ...systemRecordOf(record, ERASED_AT), partitionKey }));
  });
}

function decoded({ record }: Placed): CatalogEvent {
  const result = decodeEvent(record);
  if (!result.ok) throw new Error(result.reason);
  return result.event;
}

/** Finds a table that contains a jimer without declaring it. */
function expectNothingOf(gone: ReadonlySet<string>, tables: Everything): void {
  for (const [name, rows] of Object.entries(tables)) {
    if (name.endsWith('_erased')) continue;
    const text = JSON.stringify(rows);
    expect({ name, found: [...gone].filter((uid) => text.includes(uid)) }).toEqual({ name, found: [] });
  }
}
