import { Backoff } from './backoff';

describe('Backoff', () => {
  it('pauses 0.5 s and doubles to 5 s for a part that dies at once', () => {
    const backoff = new Backoff();
    expect([0, 0, 0, 0, 0, 0].map((healthyMs) => backoff.pauseAfter(healthyMs))).toEqual([
      500, 1_000, 2_000, 4_000, 5_000, 5_000,
    ]);
  });

  it('is back at 0.5 s after 10 s of health, and not before', () => {
    const backoff = new Backoff();
    expect([0, 0, 9_999, 10_000, 0].map((healthyMs) => backoff.pauseAfter(healthyMs))).toEqual([
      500, 1_000, 2_000, 500, 1_000,
    ]);
  });
});
