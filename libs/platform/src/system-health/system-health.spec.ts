import { SystemHealth, type HealthSources } from './system-health';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2026, 10, 30, 12);

/** A log that ends with these events, and nothing else that is known. */
function system(newest: Record<string, number>, more: Partial<HealthSources> = {}) {
  let now = NOW;
  let looks = 0;
  const health = new SystemHealth(
    {
      projections: () => Promise.resolve([]),
      newest: () =>
        Promise.resolve({
          bySender: new Map(Object.entries(newest)),
          isEmpty: Object.keys(newest).length === 0,
        }),
      before: (from) => {
        looks++;
        return Promise.resolve({ days: 7, bySender: new Map([['a', from === NOW - HOUR ? 40 : 0]]) });
      },
      lastEvents: () => Promise.reject(new Error('away')),
      rejected: () => Promise.resolve({ quarantine: 0, unrecognized: 0, atLeast: 1_000 }),
      topics: () => [],
      ...{ places: undefined, token: undefined, idle: ['demo'] },
      ...more,
    },
    () => now,
  );
  return {
    arrivals: async (workspace: string | null = null) => (await health.overview(workspace)).facts.arrivals,
    status: async (name: string) =>
      (await health.overview(null)).judgement.parts.find((part) => part.name === name)!.status,
    pass: (ms: number) => (now += ms),
    looks: () => looks,
  };
}

describe('what is known of the system', () => {
  it('has the usual traffic of a workspace that is silent, looked up once in five minutes', async () => {
    const { arrivals, pass, looks } = system({ a: NOW - HOUR, b: NOW - MINUTE });
    const silent = { workspace: 'a', lastAt: NOW - HOUR, usual: { days: 7, events: 40 } };
    for (let i = 0; i < 3; i++) {
      expect((await arrivals())![0]).toEqual(silent);
      pass(MINUTE);
    }
    expect(looks()).toBe(1);
  });

  it('does not expect events of a workspace for invented ones', async () => {
    const { arrivals, looks } = system({ a: NOW, demo: NOW - HOUR });
    expect((await arrivals())![1]).toEqual({ workspace: 'demo', lastAt: NOW - HOUR, usual: null });
    expect(looks()).toBe(0);
    expect(await system({}).arrivals('demo')).toEqual([]);
  });

  it('of a log without any record is that nothing was ever received', async () => {
    const { arrivals, status } = system({});
    expect(await arrivals()).toEqual([]);
    expect(await status('arrivals')).toBe('unhealthy');
    expect(await arrivals('mine')).toEqual([{ workspace: 'mine', lastAt: null, usual: null }]);
  });

  it('is no more than the sources know: one that fails is not known, and the others are', async () => {
    const { arrivals, status } = system(
      {},
      {
        newest: () => Promise.reject(new Error('away')),
        rejected: () => Promise.reject(new Error('away')),
      },
    );
    expect(await arrivals()).toBeNull();
    expect([await status('arrivals'), await status('rejected'), await status('apps')]).toEqual(
      Array(3).fill('unknown'),
    );
    expect(await status('projections')).toBe('unhealthy');
  });

  it('of a workspace that neither the end of the log nor a read model can tell is not known', async () => {
    const { arrivals } = system({ a: NOW });
    expect(await arrivals('other')).toEqual([{ workspace: 'other', lastAt: undefined, usual: null }]);
  });
});
