import { Health, notReady, READY } from './health';

describe('readiness', () => {
  it('holds when every check passes', async () => {
    const health = new Health();
    expect(await health.readiness()).toEqual({ ready: true, checks: {} });
    health.register('database', () => READY);
    expect(await health.readiness()).toEqual({ ready: true, checks: { database: { ok: true } } });
  });

  it('names the check that fails, and why', async () => {
    const health = new Health();
    health.register('database', () => READY);
    health.register('kafka', async () => notReady('no broker answers'));
    health.register('broken', () => {
      throw new Error('oops');
    });
    expect(await health.readiness()).toEqual({
      ready: false,
      checks: {
        database: { ok: true },
        kafka: { ok: false, reason: 'no broker answers' },
        broken: { ok: false, reason: 'oops' },
      },
    });
  });

  it('runs each check once for concurrent probes, and again afterwards', async () => {
    const health = new Health();
    let looks = 0;
    health.register('database', async () => {
      looks++;
      return looks > 1 ? notReady('gone') : READY;
    });
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => health.readiness()));
    expect([looks, new Set(answers.map(({ ready }) => ready))]).toEqual([1, new Set([true])]);
    expect((await health.readiness()).ready).toBe(false);
  });

  it('does not wait for a check that hangs', async () => {
    jest.useFakeTimers();
    const health = new Health();
    health.register('kafka', () => new Promise(() => undefined));
    const readiness = health.readiness();
    await jest.advanceTimersByTimeAsync(2_000);
    jest.useRealTimers();
    expect(await readiness).toMatchObject({ ready: false, checks: { kafka: { ok: false } } });
  });

  it('ends when the process is told to stop', async () => {
    const health = new Health();
    health.stop();
    expect(await health.readiness()).toMatchObject({ ready: false, checks: { shutdown: { ok: false } } });
  });
});
