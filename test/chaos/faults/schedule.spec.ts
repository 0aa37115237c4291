import { describeFault, PARTS, scheduleOf } from './schedule';

const kindsOf = (plan: ReturnType<typeof scheduleOf>) =>
  plan.map(({ fault }) =>
    fault.kind === 'rebuild' ? fault.kind : 'part' in fault ? `${fault.kind} ${fault.part}` : fault.kind,
  );

describe('the schedule of faults', () => {
  const options = { seed: 7, durationMs: 150_000, rebuilt: ['journeys', 'feedback'], erases: true };

  it('is the same for the same seed, and another for another', () => {
    const plan = scheduleOf(options);
    expect(scheduleOf(options)).toEqual(plan);
    expect(scheduleOf({ ...options, seed: 8 })).not.toEqual(plan);
  });

  it('is in order of time and ends with the run', () => {
    for (const durationMs of [60_000, 150_000, 3_600_000]) {
      const times = scheduleOf({ ...options, durationMs }).map(({ atMs }) => atMs);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times.at(-1)!).toBeLessThan(durationMs);
      expect(times[0]!).toBeGreaterThan(0);
    }
  });

  it.each([1, 2, 3, 4, 5])('has every kind of fault in a short run, too (seed %d)', (seed) => {
    const kinds = kindsOf(scheduleOf({ ...options, seed, durationMs: 60_000 }));
    expect(kinds).toEqual(
      expect.arrayContaining([
        ...PARTS.map((part) => `kill ${part}`),
        ...PARTS.map((part) => `freeze ${part}`),
        ...['stop kafka', 'crash-backend', 'rebuild', 'erase', 'erase by hand'],
      ]),
    );
  });

  it('has sleeps that outlast a consumer session, and faults that overlap', () => {
    const plan = scheduleOf({ ...options, durationMs: 600_000 });
    expect(plan.some(({ fault }) => fault.kind === 'freeze' && fault.forMs > 10_000)).toBe(true);
    expect(plan.some(({ atMs }, i) => i > 0 && atMs - plan[i - 1]!.atMs < 600)).toBe(true);
  });

  it('goes on for as long as the run, at an even pace', () => {
    const plan = scheduleOf({ ...options, durationMs: 3_600_000 });
    expect(plan.length).toBeGreaterThan(400);
    const inLastTenth = plan.filter(({ atMs }) => atMs > 0.9 * 3_600_000).length;
    expect(inLastTenth).toBeGreaterThan(plan.length / 20);
  });

  it('rebuilds nothing where nothing can be rebuilt', () => {
    expect(kindsOf(scheduleOf({ ...options, rebuilt: [] }))).not.toContain('rebuild');
  });

  it('erases nobody where nobody is to be erased', () => {
    expect(kindsOf(scheduleOf({ ...options, erases: false })).join()).not.toContain('erase');
  });

  it('can be read', () => {
    expect(describeFault({ kind: 'freeze', part: 'gateway', forMs: 1500 })).toBe('SIGSTOP gateway for 1.5 s');
  });
});
