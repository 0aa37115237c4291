import {
  decodeEvent,
  generateEvents,
  jimersOf,
  Observations,
  type CatalogEvent,
  type SystemRecord,
} from '@app/catalog';
import type { Projection } from '@app/engine';
import { applied, memoryOf, recordOf, systemRecordOf, type Placed } from '@app/testing';
import fc from 'fast-check';
import { experiences } from './experiences';
import { journeys } from './journeys';
import { surveys } from './surveys';

/** What read models keep of an experience, whoever's event told it. */
const ABOUT_EXPERIENCES: readonly [Projection<CatalogEvent>, string][] = [
  [experiences, 'experience'],
  [surveys, 'step'],
  [journeys, 'known_task'],
];

const decoded = ({ record }: Placed): CatalogEvent => {
  const result = decodeEvent(record);
  if (!result.ok) throw new Error(result.reason);
  return result.event;
};

async function tablesOf(...deliveries: readonly Placed[]) {
  const tables: unknown[] = [];
  for (const [projection, table] of ABOUT_EXPERIENCES)
    tables.push((await applied(projection, memoryOf(projection), [deliveries]))[table]);
  return tables;
}

function observationsOf(records: readonly Placed[], gone: ReadonlySet<string>): SystemRecord[] {
  const observations = new Observations();
  for (const event of records.map(decoded))
    observations.add(
      event,
      jimersOf(event).some((uid) => gone.has(uid)),
    );
  return observations.records();
}

const placed = (record: SystemRecord): Placed => systemRecordOf(record, 0);

describe('what is kept of experiences when jimers go', () => {
  it('makes the same tables whether the events that told it are still there or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.infiniteStream(fc.integer({ min: 0, max: 9 })), async (seed, dice) => {
        const roll = (): number => dice.next().value as number;
        const records = [
          ...generateEvents({ seed, jimers: 4, experiences: 5, events: 120, days: 2, redeliveryRate: 0.2 }),
        ].map(({ body }) => {
          // Ties on time, and fields that only some events tell.
          const event = JSON.parse(body) as Record<string, Record<string, unknown> | number>;
          event['time'] = Math.floor(Number(event['time']) / 1e7) * 1e7 || event['time']!;
          for (const member of ['experience', 'post', 'step', 'task'])
            for (const field of Object.keys((event[member] as object | undefined) ?? {}))
              if (field !== 'uid' && roll() < 3) delete (event[member] as Record<string, unknown>)[field];
          if (roll() === 0) event['user'] = { uid: `u${roll()}`, email: `${roll()}@example.com` };
          return recordOf(JSON.stringify(event), 0);
        });
        const everyone = [...new Set(records.flatMap((record) => jimersOf(decoded(record))))];
        const gone = new Set(everyone.slice(0, 1 + (roll() % everyone.length)));
        const told = observationsOf(records, gone).map(placed);
        const stay = records.filter((record) => !jimersOf(decoded(record)).some((uid) => gone.has(uid)));
        expect(await tablesOf(...stay, ...told)).toEqual(await tablesOf(...records, ...told));
        // And the next time there is nothing new to keep.
        expect(observationsOf([...records, ...told], gone)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  const [GONE, STAYS] = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
  const EXPERIENCE = '33333333-3333-4333-8333-333333333333';
  const event = (jimer: string, time: number, experience: object, more: object = {}) =>
    recordOf(
      JSON.stringify({
        ...{ event: 'tour.started', time, jimer: { uid: jimer, email: 'sam@example.com' } },
        experience: { uid: EXPERIENCE, ...experience },
        ...more,
      }),
      0,
    );
  const kept = (...records: Placed[]) =>
    observationsOf(records, new Set([GONE])).map(({ value }) => JSON.parse(value.toString()) as unknown);

  it('is nothing of the person, and nothing that the catalogue does not know of the experience', () => {
    const told = { title: 'Hello', viewer: 'Sam' };
    expect(kept(event(GONE, 1_740_125_703, told, { comment: 'by Sam' }))).toEqual([
      {
        ...{ event: 'experience.observed', time: 1_740_125_703_000, family: 'tour' },
        experience: { uid: EXPERIENCE, title: 'Hello' },
      },
    ]);
  });

  it('is only what nobody else has told since', () => {
    const old = event(GONE, 1_740_125_703, { title: 'Old', state: 'LIVE' });
    expect(kept(old, event(STAYS, 1_740_125_704, { title: 'New', state: 'PAUSED' }))).toEqual([]);
    expect(kept(event(STAYS, 1_740_125_704, { title: 'New' }), old)).toHaveLength(1);
    expect(kept(event(STAYS, 1_740_125_702, { title: 'Older', state: 'DRAFT' }), old)).toHaveLength(1);
  });

  it('is nothing for a rejected event', () => {
    const odd = { event: 'tour.started', time: 1_740_125_703, jimer: GONE, experience: { uid: EXPERIENCE } };
    expect(kept(recordOf(JSON.stringify(odd), 0))).toEqual([]);
  });
});
