import { Turns, type Turn } from './turns';

const begun = (turn: Turn): (() => void) => {
  if ('why' in turn) throw new Error(turn.why);
  return turn.giveBack;
};

describe('turns', () => {
  /** Who began, in order. */
  const order: string[] = [];
  beforeEach(() => void (order.length = 0));

  function asking(turns: Turns): (tokenKey: string) => Promise<() => void> {
    return async (tokenKey) => {
      const giveBack = begun(await turns.take(tokenKey));
      order.push(tokenKey);
      return giveBack;
    };
  }

  it('begin at once while there are some', async () => {
    const turns = new Turns({ all: 4, waiting: 10 });
    const ask = asking(turns);
    await Promise.all([ask('a'), ask('a'), ask('a'), ask('b')]);
    expect(turns.waiting).toBe(0);
  });

  it('go to the token that has fewest, however many of another wait', async () => {
    const turns = new Turns({ all: 4, waiting: 1_000 });
    const ask = asking(turns);
    const flood = Array.from({ length: 100 }, () => ask('a'));
    const first = await Promise.all(flood.slice(0, 3));
    expect(turns.waiting).toBe(97);
    // One is kept free.
    const own = await ask('b');
    const second = ask('b');
    const other = ask('c');
    own();
    await other;
    first[0]!();
    await second;
    expect(order.slice(0, 6)).toEqual(['a', 'a', 'a', 'b', 'c', 'b']);
  });

  it('are taken in order of asking within a token', async () => {
    const turns = new Turns({ all: 1, waiting: 10 });
    const began: number[] = [];
    const asked = [1, 2, 3].map(async (number) => {
      const giveBack = begun(await turns.take('a'));
      began.push(number);
      giveBack();
    });
    await Promise.all(asked);
    expect(began).toEqual([1, 2, 3]);
    expect(turns.waiting).toBe(0);
  });

  it('are refused at once when too many of a token wait, and of no other', async () => {
    const turns = new Turns({ all: 1, waiting: 2 });
    const giveBack = begun(await turns.take('a'));
    const waiting = [turns.take('a'), turns.take('a')];
    expect(await turns.take('a')).toEqual({ why: 'queue-full' });
    const other = turns.take('b');
    giveBack();
    for (const each of [other, ...waiting]) begun(await each)();
  });

  it('end after the patience of whoever asks, and say whether others moved on', async () => {
    const turns = new Turns({ all: 2, perToken: 1, waiting: 10 });
    const [one, two] = [begun(await turns.take('a')), begun(await turns.take('b'))];
    expect(await turns.take('a', 5)).toEqual({ why: 'too-late', moved: false, held: 1 });
    const late = turns.take('b', 20);
    one();
    // A third token uses what became free at once.
    begun(await turns.take('c'));
    expect(await late).toEqual({ why: 'too-late', moved: true, held: 1 });
    two();
    begun(await turns.take('b'))();
    expect(turns.waiting).toBe(0);
  });

  it('are not waited for by whoever gave up', async () => {
    const turns = new Turns({ all: 1, waiting: 1 });
    const giveBack = begun(await turns.take('a'));
    const gone = new AbortController();
    const given = turns.take('a', Infinity, gone.signal);
    expect(turns.waiting).toBe(1);
    gone.abort();
    expect(await given).toEqual({ why: 'given-up' });
    expect(await turns.take('a', Infinity, gone.signal)).toEqual({ why: 'given-up' });
    // The place in the queue is free for another.
    const next = turns.take('a', Infinity, new AbortController().signal);
    giveBack();
    begun(await next)();
    expect(turns.waiting).toBe(0);
    begun(await turns.take('b'))();
  });
});
