import { ProjectorsCheck } from './projectors-check';

interface Held {
  projection: string;
  topic: string;
  held: number;
}

function checkOf(held: Held[], known: Record<string, number> = {}): ProjectorsCheck {
  return new ProjectorsCheck(
    { query: <T>() => Promise.resolve(held as T[]) },
    { of: () => Promise.resolve(null), partitionsOf: (topic) => known[topic] },
    [
      { name: 'journeys', topics: ['a', 'b'] },
      { name: 'feedback', topics: ['b'] },
    ],
    12,
  );
}

describe('readiness by the projectors', () => {
  it('comes when every projection has every partition of its topics', async () => {
    const held = [
      { projection: 'journeys', topic: 'a', held: 12 },
      { projection: 'journeys', topic: 'b', held: 12 },
    ];
    const check = checkOf(held);
    expect(await check.check()).toEqual({ ok: false, reason: 'feedback has 0 of 12 partitions of b' });
    held.push({ projection: 'feedback', topic: 'b', held: 12 });
    expect(await check.check()).toEqual({ ok: true });
  });

  it('goes by the number of partitions that Kafka tells', async () => {
    const held = [
      { projection: 'journeys', topic: 'a', held: 24 },
      { projection: 'journeys', topic: 'b', held: 12 },
      { projection: 'feedback', topic: 'b', held: 12 },
    ];
    expect(await checkOf(held, { a: 24, b: 12 }).check()).toEqual({ ok: true });
    expect(await checkOf(held, { a: 25, b: 12 }).check()).toMatchObject({ ok: false });
  });

  it('stays when a projector goes away later, with a note of it', async () => {
    const held = [
      { projection: 'journeys', topic: 'a', held: 1 },
      { projection: 'journeys', topic: 'b', held: 1 },
      { projection: 'feedback', topic: 'b', held: 1 },
    ];
    const check = checkOf(held, { a: 1, b: 1 });
    await check.check();
    held.pop();
    expect(await check.check()).toEqual({ ok: true, note: 'feedback has 0 of 1 partitions of b' });
  });
});
