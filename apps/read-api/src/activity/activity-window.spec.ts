import { CatalogEvent, TOPICS } from '@app/catalog';
import fc from 'fast-check';
import { ActivityWindow, MINUTE_MS, type MinuteCounts } from './activity-window';

const START = Date.UTC(2026, 0, 1);
const ID = '11111111-1111-4111-8111-111111111111';

interface Came {
  readonly workspace: string;
  readonly name: string;
  readonly topic: string;
  /** Since START. */
  readonly at: number;
}

const eventOf = (
  { workspace, name, topic, at }: Came,
  origin: 'jimo' | 'system' = 'jimo',
): [string, CatalogEvent] => [
  topic,
  new CatalogEvent(workspace, ID, name, 0, START + at, undefined, Buffer.from('{}'), origin),
];

const came = fc.record({
  workspace: fc.constantFrom('acme', 'globex'),
  name: fc.constantFrom('tour.started', 'tour.completed', 'survey.started'),
  topic: fc.constantFrom(TOPICS.engagement, TOPICS.quarantine, TOPICS.unrecognized),
  at: fc.integer({ min: 0, max: 9 * MINUTE_MS }),
});

const total = (minutes: readonly MinuteCounts[]): number =>
  minutes.reduce(
    (sum, { counts, quarantined, unrecognized }) =>
      sum + quarantined + unrecognized + Object.values(counts).reduce((own, count) => own + count, 0),
    0,
  );

describe('the activity', () => {
  it('counts every event once, in its minute, whatever the order, and for each workspace its own', () => {
    fc.assert(
      fc.property(fc.array(came, { maxLength: 60 }), (events) => {
        const now = START + 9 * MINUTE_MS;
        const window = new ActivityWindow(START, 120, 10_000);
        for (const each of events) window.add(...eventOf(each), now);
        const all = window.of(null, 120, now);
        expect(all.map(({ at }) => at)).toEqual(
          Array.from({ length: 10 }, (_none, i) => START + i * MINUTE_MS),
        );
        expect(total(all)).toBe(events.length);
        for (const workspace of ['acme', 'globex'])
          for (const { at, counts, quarantined } of window.of(workspace, 120, now)) {
            const own = events.filter(
              (each) =>
                each.workspace === workspace && Math.floor(each.at / MINUTE_MS) * MINUTE_MS + START === at,
            );
            const placed = own.filter(({ topic }) => topic === TOPICS.engagement);
            expect(counts).toEqual(
              Object.fromEntries(
                [...Map.groupBy(placed, ({ name }) => name)].map(([name, some]) => [name, some.length]),
              ),
            );
            expect(quarantined).toBe(own.filter(({ topic }) => topic === TOPICS.quarantine).length);
          }
      }),
    );
  });

  it('keeps only so many minutes, and says from when on it is whole', () => {
    const window = new ActivityWindow(START, 5, 10_000);
    const tour = { workspace: 'acme', name: 'tour.started', topic: TOPICS.engagement };
    for (let minute = 0; minute < 8; minute++)
      window.add(...eventOf({ ...tour, at: minute * MINUTE_MS }), START + minute * MINUTE_MS);
    expect(window.since).toBe(START + 3 * MINUTE_MS);
    expect(total(window.of(null, 120, START + 7 * MINUTE_MS))).toBe(5);
  });

  it('forgets the oldest minutes when it would hold too many counts, and says so', () => {
    fc.assert(
      fc.property(fc.array(came, { maxLength: 80 }), fc.integer({ min: 6, max: 12 }), (events, most) => {
        const now = START + 9 * MINUTE_MS;
        const window = new ActivityWindow(START, 120, most);
        const sorted = events.toSorted((a, b) => a.at - b.at);
        for (const each of sorted) window.add(...eventOf(each), START + each.at);
        const kept = sorted.filter(({ at }) => START + at >= window.since);
        expect(total(window.of(null, 120, now))).toBe(kept.length);
      }),
    );
  });

  it('counts what claims to come from the future as of now, and what is of our own by its name', () => {
    const window = new ActivityWindow(START, 120, 10_000);
    const own = {
      workspace: 'acme',
      name: 'set-aside.replayed',
      topic: TOPICS.quarantine,
      at: 5 * MINUTE_MS,
    };
    window.add(...eventOf(own, 'system'), START);
    expect(window.of('acme', 3, START)).toEqual([
      { at: START, counts: { 'set-aside.replayed': 1 }, quarantined: 0, unrecognized: 0 },
    ]);
  });
});
