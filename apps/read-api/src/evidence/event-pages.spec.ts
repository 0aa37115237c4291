import fc from 'fast-check';
import { cursorOf, orderEvents, type ListedEvent } from './event-pages';
import { ExplainQuery } from './explain.dto';
import { PLACES, type EventRef, type StoredEvidence } from './stored-rows';

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/** Events at positions of their own, whose records are gone: all that a page needs is in the reference. */
const refs: fc.Arbitrary<EventRef[]> = fc
  .uniqueArray(
    fc.record({
      topic: fc.constantFrom(...PLACES),
      partition: fc.nat(2),
      offset: fc.nat(20),
      time: fc.nat(5),
    }),
    { selector: ({ topic, partition, offset }) => `${topic}/${partition}@${offset}`, maxLength: 30 },
  )
  .map((places) =>
    places.map((place, i) => ({ ...place, id: uuid(i), kind: 'hint.seen', listedBy: 'timeline' as const })),
  );

function listed(missing: readonly EventRef[], order: ExplainQuery['order'] = 'log'): ListedEvent[] {
  const stored = { whole: missing, page: [], winners: [] } as Partial<StoredEvidence> as StoredEvidence;
  return orderEvents(stored, { row: null, events: [] }, missing, 'timeline', order);
}

function allPages(events: readonly ListedEvent[], order: ExplainQuery['order'], limit: number): string[] {
  const ids: string[] = [];
  let query = Object.assign(new ExplainQuery(), { order, limit });
  for (;;) {
    const page = cursorOf(events, query);
    expect(page.events.length).toBeLessThanOrEqual(limit);
    ids.push(...page.events.map(({ id }) => id));
    if (page.nextCursor === null) return ids;
    query = Object.assign(new ExplainQuery(), { order, limit, cursor: page.nextCursor });
  }
}

describe('pages of an explanation', () => {
  it('have every event once, in either order', () => {
    fc.assert(
      fc.property(refs, fc.integer({ min: 1, max: 7 }), (all, limit) => {
        const events = listed(all);
        const byTime = events.toSorted((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
        expect(allPages(events, 'log', limit)).toEqual(events.map(({ id }) => id));
        expect(allPages(listed(all, 'time'), 'time', limit)).toEqual(byTime.map(({ id }) => id));
      }),
    );
  });

  it('keep the order of each partition', () => {
    fc.assert(
      fc.property(refs, (all) => {
        const last = new Map<string, number>();
        for (const { position } of listed(all)) {
          const slot = `${position.topic}/${position.partition}`;
          expect(position.offset).toBeGreaterThan(last.get(slot) ?? -1);
          last.set(slot, position.offset);
        }
      }),
    );
  });
});
