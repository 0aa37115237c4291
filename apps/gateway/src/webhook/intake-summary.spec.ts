import { Metrics, parseWebhookTokens } from '@app/platform';
import { IntakeSummary } from './intake-summary';

describe('what a gateway took and refused', () => {
  let now = 1_000;
  const summary = () =>
    new IntakeSummary(new Metrics(), parseWebhookTokens('a:one,a:two,b:three'), () => now);

  beforeEach(() => (now = 1_000));

  it('lists every workspace that may send, those that never did included', () => {
    const all = summary();
    now = 5_000;
    all.arrived('b');
    expect(all.report()).toEqual({
      since: 1_000,
      workspaces: [
        { workspace: 'a', lastAt: null },
        { workspace: 'b', lastAt: 5_000 },
      ],
      refused: [],
    });
  });

  it('counts refusals of one reason together, whatever sizes and places their texts name', () => {
    const all = summary();
    all.refused('a', 413, 'At most 100 bytes; this one has 120.');
    now = 2_000;
    all.refused(null, 401, 'The request has no token.');
    now = 3_000;
    all.refused('a', 413, 'At most 100 bytes; this one has 7000.');
    expect(all.report().refused).toEqual([
      {
        ...{ workspace: 'a', status: 413, reason: 'At most 100 bytes; this one has 7000.' },
        ...{ count: 2, firstAt: 1_000, lastAt: 3_000 },
      },
      {
        ...{ workspace: null, status: 401, reason: 'The request has no token.' },
        ...{ count: 1, firstAt: 2_000, lastAt: 2_000 },
      },
    ]);
  });

  it('keeps a hundred reasons, the newest', () => {
    const all = summary();
    const word = (n: number): string => 'x'.repeat(n + 1);
    for (let i = 0; i < 150; i++) all.refused('a', 422, word(i));
    const { refused } = all.report();
    expect([refused.length, refused[0]!.reason, refused.at(-1)!.reason]).toEqual([100, word(149), word(50)]);
  });
});
