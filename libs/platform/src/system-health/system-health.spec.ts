import { SystemHealth, type HealthSources } from './system-health';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2026, 10, 30, 12);

/** A log that ends with these events; nothing else is known. */
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

describe('the facts about the system', () => {
  it('include the usual traffic of a silent workspace, read once in five minutes', async () => {
    const { arrivals, pass, looks } = system({ a: NOW - HOUR, b: NOW - MINUTE });
    const silent = { workspace: 'a', lastAt: NOW - HOUR, usual: { days: 7, events: 40 } };
    for (let i = 0; i < 3; i++) {
      expect((await arrivals())![0]).toEqual(silent);
      pass(MINUTE);
    }
    expect(looks()).toBe(1);
  });

  it('expect no events of a workspace for generated ones', async () => {
    const { arrivals, looks } = system({ a: NOW, demo: NOW - HOUR });
    expect((await arrivals())![1]).toEqual({ workspace: 'demo', lastAt: NOW - HOUR, usual: null });
    expect(looks()).toBe(0);
    expect(await system({}).arrivals('demo')).toEqual([]);
  });

  it('say that nothing was ever received if the log is empty', async () => {
    const { arrivals, status } = system({});
    expect(await arrivals()).toEqual([]);
    expect(await status('arrivals')).toBe('unhealthy');
    expect(await arrivals('mine')).toEqual([{ workspace: 'mine', lastAt: null, usual: null }]);
  });

  it('lack what a failed source would tell, and have the rest', async () => {
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

  it('lack a workspace that neither the end of the log nor a read model knows', async () => {
    const { arrivals } = system({ a: NOW });
    expect(await arrivals('other')).toEqual([{ workspace: 'other', lastAt: undefined, usual: null }]);
  });
});
