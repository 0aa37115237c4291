import fc from 'fast-check';
import type { Change } from './change';
import { Window } from './window';

const change = (place: number, offset: number): Change => ({ place, offset }) as Change;
const PLACES = 3;
const zero = Array.from({ length: PLACES }, () => 0);

type Step =
  | { readonly do: 'read'; readonly place: number; readonly count: number; readonly gap: number }
  | { readonly do: 'show'; readonly shown: readonly number[] };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('read' as const),
    place: fc.nat(PLACES - 1),
    count: fc.nat(4),
    gap: fc.nat(2),
  }),
  fc.record({
    do: fc.constant('show' as const),
    shown: fc.array(fc.nat(30), { minLength: PLACES, maxLength: PLACES }),
  }),
);

/** Plays the steps; gives what was told, each with where a reader of it goes on. */
function play(window: Window, steps: readonly Step[]): { change: Change; after: number[] }[] {
  const told: { change: Change; after: number[] }[] = [];
  for (const each of steps) {
    if (each.do === 'read') {
      const from = window.read[each.place]! + each.gap;
      const changes = Array.from({ length: each.count }, (_none, i) => change(each.place, from + i));
      window.append(each.place, from + each.count, changes);
    } else
      for (const released of window.release(each.shown))
        told.push({ change: released, after: [...window.told] });
  }
  return told;
}

const key = ({ place, offset }: Change): string => `${place}@${offset}`;

describe('the window of changes', () => {
  it('tells each change once, in order within its partition, and none before it is shown', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const window = new Window(zero, zero, 1_000);
        const told = play(window, steps);
        expect(new Set(told.map((each) => key(each.change))).size).toBe(told.length);
        const furthest = zero.map((_none, place) =>
          Math.max(0, ...steps.map((each) => (each.do === 'show' ? each.shown[place]! : 0))),
        );
        for (const { change: each } of told) expect(each.offset).toBeLessThan(furthest[each.place]!);
        play(window, [{ do: 'show', shown: window.read }]);
        expect([window.isLevel, window.pending]).toEqual([true, 0]);
      }),
    );
  });

  it('gives up what is to be forgotten, told or waiting, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(step), fc.array(step), fc.nat(6), (before, after, gone) => {
        const isGone = ({ offset }: Change): boolean => offset % 7 === gone;
        const window = new Window(zero, zero, 1_000);
        play(window, before);
        const untouched = new Window(zero, zero, 1_000);
        play(untouched, before);
        const read = [...window.read];
        window.forget(isGone);
        expect(window.since(zero, 1_000).some(isGone)).toBe(false);
        const expected = play(untouched, after).filter(
          (each) => !(isGone(each.change) && each.change.offset < read[each.change.place]!),
        );
        expect(play(window, after)).toEqual(expected);
        expect([window.read, window.told]).toEqual([untouched.read, untouched.told]);
      }),
    );
  });

  it('gives a reader who comes back at any place exactly what came after it', () => {
    fc.assert(
      fc.property(fc.array(step), fc.nat(), (steps, choice) => {
        const window = new Window(zero, zero, 1_000);
        const told = play(window, steps);
        if (told.length === 0) return;
        const at = choice % told.length;
        const missed = told.slice(at + 1).map((each) => key(each.change));
        expect(window.since(told[at]!.after, 1_000).map(key)).toEqual(missed);
        expect(window.since(told[at]!.after, 2).map(key)).toEqual(missed.slice(0, 2));
      }),
    );
  });

  it('tells no more at once than it is asked for, and the rest after it', () => {
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 1, max: 4 }), (steps, limit) => {
        const [window, whole] = [new Window(zero, zero, 1_000), new Window(zero, zero, 1_000)];
        const reads = steps.filter((each) => each.do === 'read');
        play(window, reads);
        play(whole, reads);
        const told: string[] = [];
        for (let before = -1; told.length > before;) {
          before = told.length;
          told.push(...[...window.release(window.read, limit)].map(key));
          expect(told.length - before).toBeLessThanOrEqual(limit);
        }
        expect(told).toEqual([...whole.release(whole.read)].map(key));
        expect(window.told).toEqual(whole.told);
      }),
    );
  });

  it('forgets the oldest, and says from where on it remembers', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const window = new Window(zero, zero, 5);
        const told = play(window, steps).map((each) => each.change);
        const held = window.since(window.from, 1_000);
        expect(held.map(key)).toEqual(told.slice(-5).map(key));
        for (const forgotten of told.slice(0, -5))
          expect(forgotten.offset).toBeLessThan(window.from[forgotten.place]!);
      }),
    );
  });

  it('holds what was told before it began, and does not tell it again', () => {
    const window = new Window([2, 0, 0], [4, 0, 0], 10);
    window.append(
      0,
      6,
      [2, 3, 4, 5].map((offset) => change(0, offset)),
    );
    expect([...window.release([5, 0, 0])].map(key)).toEqual(['0@4']);
    expect(window.since([3, 0, 0], 10).map(key)).toEqual(['0@3', '0@4']);
  });
});
