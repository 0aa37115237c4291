import { acceptEvent } from '../accept';
import { EVENT_NAMES } from '../catalog';
import { generateEvents } from './generate';

const DAY = 86_400_000;

describe('generateEvents', () => {
  const deliveries = [...generateEvents({ seed: 7 })];

  it('gives the same for the same seed, and other for another', () => {
    const some = (seed: number) => [...generateEvents({ seed, events: 500 })];
    expect(some(1)).toEqual(some(1));
    expect(some(1)).not.toEqual(some(2));
  });

  it('gives every kind of event, all of them acceptable', () => {
    expect(new Set(deliveries.map(({ event }) => event))).toEqual(new Set(EVENT_NAMES));
    for (const { body, event, time } of deliveries) {
      const result = acceptEvent({ workspace: 'default', text: body, now: time });
      const read = result.outcome === 'accepted' && [result.headers['ce_type'], result.headers['ce_time']];
      if (!read || read[0] !== `com.usejimo.${event}` || read[1] !== new Date(time).toISOString())
        throw new Error(`${body} gave ${JSON.stringify(result)}`);
    }
  });

  it('gives as many occurrences as asked for, each with an id of its own that its redeliveries repeat', () => {
    const ids = new Map<number, Set<string>>();
    for (const { body, occurrence } of deliveries) {
      const result = acceptEvent({ workspace: 'default', text: body, now: Date.now() });
      if (result.outcome !== 'accepted') throw new Error(body);
      ids.set(occurrence, (ids.get(occurrence) ?? new Set()).add(result.id));
    }
    expect(ids.size).toBe(10_000);
    expect([...ids.values()].every((set) => set.size === 1)).toBe(true);
    // Two alike in the same second are one occurrence to everyone: rare, as in life.
    expect(new Set([...ids.values()].flatMap((set) => [...set])).size).toBeGreaterThan(9_900);
  });

  it('gives them in order of delivery, late ones up to some 11 days, ties on whole seconds', () => {
    const delays = deliveries.map(({ deliveredAt, time }) => deliveredAt - time);
    expect(
      deliveries.every(({ deliveredAt }, i) => i === 0 || deliveredAt >= deliveries[i - 1]!.deliveredAt),
    ).toBe(true);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeGreaterThan(9 * DAY);
    expect(Math.max(...delays)).toBeLessThan(12 * DAY);
    expect(deliveries.every(({ time }) => time % 1000 === 0)).toBe(true);
    expect(new Set(deliveries.map(({ time }) => time)).size).toBeLessThan(deliveries.length * 0.95);
  });

  it('redelivers byte for byte and with fresher snapshots', () => {
    const bodies = Map.groupBy(deliveries, ({ occurrence }) => occurrence);
    const same = (kind: string) =>
      deliveries
        .filter((delivery) => delivery.kind === kind)
        .map(({ occurrence, body }) => bodies.get(occurrence)![0]!.body === body);
    expect(same('repeated')).toContain(true);
    expect(same('refreshed')).toContain(false);
    expect(deliveries.some(({ kind }) => kind === 'late')).toBe(true);
  });

  it('is lazy', () => {
    const [first] = generateEvents({ events: 1_000_000, jimers: 50_000, experiences: 60 });
    expect(first).toHaveProperty('body');
  });

  it('makes many pairs of jimer and experience when visits are short', () => {
    const pairs = new Set<string>();
    for (const { jimerUid, experienceUid } of generateEvents({
      events: 20_000,
      jimers: 1_000,
      experiences: 60,
      days: 90,
      eventsPerVisit: 1.7,
      returnRate: 0.05,
    }))
      if (jimerUid && experienceUid) pairs.add(jimerUid + experienceUid);
    expect(pairs.size).toBeGreaterThan(14_000);
    expect(pairs.size).toBeLessThan(17_000);
  });
});
