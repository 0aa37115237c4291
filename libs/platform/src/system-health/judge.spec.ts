import type { ProjectionFacts, SystemFacts } from './facts';
import { judge, type HealthPartName } from './judge';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 30, 12);

const projection = (more: Partial<ProjectionFacts> = {}): ProjectionFacts => ({
  ...{ name: 'journeys', activeGeneration: 9, trouble: null, paused: false, pausedReason: null },
  ...{ lag: 0, lagSeconds: 0, partitions: [], deadLetters: 0, accountsAddUp: true },
  verification: { state: 'succeeded', outcome: { outcome: 'clean', generation: 9 } },
  ...more,
});

/** Everything is known and healthy. */
const facts = (more: Partial<SystemFacts> = {}): SystemFacts => ({
  now: NOW,
  projections: [projection()],
  apps: [{ name: 'gateway', address: '10.0.0.1:3000', state: 'ready', reason: null, notes: [] }],
  arrivals: [{ workspace: 'default', lastAt: NOW - MINUTE, usual: null }],
  refusals: { since: NOW - DAY, groups: [], withoutWorkspace: true },
  rejected: { quarantine: 0, unrecognized: 0, atLeast: 1_000 },
  topics: [],
  ...more,
});

function judged(more: Partial<SystemFacts>, name: HealthPartName) {
  const { status, parts } = judge(facts(more));
  const part = parts.find((each) => each.name === name)!;
  const others = parts.filter((each) => each !== part).map((each) => each.status);
  return { whole: status, ...part, said: part.findings.map(({ message }) => message).join('\n'), others };
}

const refusal = (more: object = {}) => ({
  ...{ workspace: 'default', status: 415, reason: 'The content type must be application/json.' },
  ...{ count: 3, firstAt: NOW - 20 * MINUTE, lastAt: NOW - 10 * MINUTE },
  ...more,
});

it('is healthy when everything is known and nothing is wrong', () => {
  const { status, parts } = judge(facts());
  expect([status, ...parts.map((part) => part.status)]).toEqual(Array(8).fill('healthy'));
});

describe('a projection', () => {
  it('that has 300 records to apply for a minute is unhealthy', () => {
    const { whole, said } = judged(
      { projections: [projection({ lag: 300, lagSeconds: 61 })] },
      'projections',
    );
    expect([whole, said]).toEqual([
      'unhealthy',
      'journeys is 1 minute behind, with 300 records to apply. Its data is out of date by that much.',
    ]);
  });

  it('that has one old record to apply is unhealthy, one with 50,000 young ones is not', () => {
    const behind = (lag: number, lagSeconds: number) =>
      judged({ projections: [projection({ lag, lagSeconds })] }, 'projections').status;
    expect([behind(1, 3_600), behind(50_000, 3)]).toEqual(['unhealthy', 'healthy']);
  });

  it('whose lag is not known is neither healthy nor unhealthy', () => {
    const { whole, unknown } = judged(
      { projections: [projection({ lag: null, lagSeconds: null })] },
      'projections',
    );
    expect([whole, unknown]).toEqual(['unknown', [expect.stringContaining('journeys')]]);
  });

  it.each([
    ['is paused', { paused: true, pausedReason: 'a release' }, /paused: a release/],
    ['has stopped', { trouble: 'the checkpoint is at offset 9' }, /checkpoint is at offset 9/],
    ['has dead letters', { deadLetters: 2 }, /2 dead letters/],
    ['has an incomplete offset ledger', { accountsAddUp: false }, /ledger is incomplete/],
    ['was never built', { activeGeneration: null }, /not been built yet/],
  ])('that %s is unhealthy, and says so', (_what, more, said) => {
    const { status, ...rest } = judged({ projections: [projection(more)] }, 'projections');
    expect([status, rest.said]).toEqual(['unhealthy', expect.stringMatching(said)]);
  });

  it('is not known when the database does not answer', () => {
    expect(judged({ projections: null }, 'projections').whole).toBe('unknown');
  });
});

describe('a verification', () => {
  const verified = (verification: ProjectionFacts['verification']) =>
    judged({ projections: [projection({ verification })] }, 'verification');

  it('of an earlier generation does not count', () => {
    const { whole, unknown } = verified({
      state: 'succeeded',
      outcome: { outcome: 'clean', generation: 1 },
    });
    expect([whole, unknown]).toEqual(['unknown', ['journeys: generation 9 has not been verified yet.']]);
  });

  it('that found an earlier generation to differ does not count either', () => {
    expect(verified({ state: 'succeeded', outcome: { outcome: 'differs', generation: 8 } }).status).toBe(
      'unknown',
    );
  });

  it('that differs is unhealthy', () => {
    expect(verified({ state: 'succeeded', outcome: { outcome: 'differs', generation: 9 } }).whole).toBe(
      'unhealthy',
    );
  });

  it.each([
    ['is not there', null],
    ['is under way', { state: 'running', outcome: null }],
    ['failed', { state: 'failed', outcome: { reason: 'x' } }],
    ['was cancelled', { state: 'cancelled', outcome: null }],
    ['was indeterminate', { state: 'succeeded', outcome: { outcome: 'indeterminate', generation: 9 } }],
  ] as const)('that %s leaves it open', (_what, verification) => {
    expect(verified(verification).status).toBe('unknown');
  });
});

describe('events', () => {
  it('that never arrived make a system unhealthy', () => {
    const never = { workspace: 'default', lastAt: null, usual: null };
    for (const arrivals of [[never], []]) {
      const { whole, said } = judged({ arrivals }, 'arrivals');
      expect([whole, said]).toEqual(['unhealthy', expect.stringMatching(/Point Jimo’s webhook/)]);
    }
  });

  it('that never arrived for one of two workspaces do so as well', () => {
    const { said } = judged(
      {
        arrivals: [
          { workspace: 'acme', lastAt: null, usual: null },
          { workspace: 'default', lastAt: NOW, usual: null },
        ],
      },
      'arrivals',
    );
    expect(said).toContain('acme');
  });

  const silent = (ms: number, usual: { days: number; events: number } | null) =>
    judged({ arrivals: [{ workspace: 'default', lastAt: NOW - ms, usual }] }, 'arrivals');

  it('that are missing for longer than usual are reported, with the time since when', () => {
    const { status, findings } = silent(2 * HOUR, { days: 7, events: 40 });
    expect(status).toBe('unhealthy');
    expect(findings).toMatchObject([{ level: 'trouble', about: 'default', since: NOW - 2 * HOUR }]);
    expect(findings[0]!.message).toContain('for 2 hours');
  });

  it.each([
    ['some minutes', 10 * MINUTE, { days: 7, events: 400 }],
    ['a night as any other', 9 * HOUR, { days: 7, events: 3 }],
    ['a time that nothing is known of', 3 * DAY, null],
  ])('may fail to come for %s', (_what, ms, usual) => {
    expect(silent(ms, usual).status).toBe('healthy');
  });

  it('of a workspace without any facts are not known', () => {
    const arrivals = [{ workspace: 'acme', lastAt: undefined, usual: null }];
    expect(judged({ arrivals }, 'arrivals').whole).toBe('unknown');
  });
});

describe('refused requests', () => {
  const refused = (groups: readonly ReturnType<typeof refusal>[], lastAt = NOW - MINUTE) =>
    judged(
      {
        refusals: { since: NOW - DAY, groups, withoutWorkspace: true },
        arrivals: [{ workspace: 'default', lastAt, usual: null }],
      },
      'refusals',
    );

  it('are reported with their number, reason and time', () => {
    const { status, said, findings } = refused([refusal()]);
    expect([status, findings[0]!.since]).toEqual(['unhealthy', NOW - 20 * MINUTE]);
    expect(said).toBe(
      'The gateway refused 3 requests of workspace default with 415: The content type must be application/json.',
    );
  });

  it('are no longer reported an hour later if events arrived since', () => {
    const old = refusal({ lastAt: NOW - 2 * HOUR });
    expect([refused([old]).status, refused([old], NOW - 3 * HOUR).status]).toEqual(['healthy', 'unhealthy']);
  });

  it('with unknown tokens are not shown to a token of one workspace', () => {
    const { whole, unknown } = judged(
      { refusals: { since: NOW, groups: [], withoutWorkspace: false } },
      'refusals',
    );
    expect([whole, unknown.length]).toEqual(['unknown', 1]);
  });
});

describe('apps', () => {
  it.each([
    ['silent', 'no answer within 3 s', /gateway at 10.0.0.2:3000 does not answer \(no answer within 3 s\)/],
    ['not-ready', 'kafka: no broker', /gateway at 10.0.0.2:3000 is not ready \(kafka: no broker\)/],
  ] as const)('of which one is %s make the system unhealthy', (state, reason, said) => {
    const apps = [
      { name: 'gateway', address: '10.0.0.1:3000', state: 'ready' as const, reason: null, notes: [] },
      { name: 'gateway', address: '10.0.0.2:3000', state, reason, notes: [] },
    ];
    const found = judged({ apps }, 'apps');
    expect([found.whole, found.findings.length, found.said]).toEqual([
      'unhealthy',
      1,
      expect.stringMatching(said),
    ]);
  });

  it('that report the same thing make one finding', () => {
    const noting = (name: string) => ({
      ...{ name, address: `${name}:3000`, state: 'ready' as const, reason: null },
      notes: [{ check: 'commands', note: 'Kafka does not take events' }],
    });
    const { findings } = judged({ apps: [noting('gateway'), noting('read-api'), noting('gateway')] }, 'apps');
    expect(findings).toEqual([
      {
        ...{ level: 'attention', about: null, since: null },
        message: 'gateway, read-api: Kafka does not take events',
      },
    ]);
  });

  it('are not known if no setting names them', () => {
    expect(judged({ apps: null }, 'apps').whole).toBe('unknown');
  });
});

it('is unhealthy when a topic would lose records, and unknown until the settings have been compared', () => {
  const difference = { topic: 'jimo.engagement', setting: 'retention.ms', found: '1000', wanted: '-1' };
  const { whole, said } = judged({ topics: [difference] }, 'topics');
  expect([whole, said]).toEqual(['unhealthy', expect.stringContaining('retention.ms is 1000, must be -1')]);
  expect(judged({ topics: null }, 'topics').whole).toBe('unknown');
});

it('counts rejected events, and says where it stopped counting', () => {
  const rejected = { quarantine: 1, unrecognized: 1_000, atLeast: 1_000 };
  const { whole, said } = judged({ rejected }, 'rejected');
  expect(whole).toBe('unhealthy');
  expect(said).toMatch(
    /^1 event that failed validation waits in the quarantine.*\n1000 or more events with an unknown name/,
  );
});

it('is unhealthy rather than unknown when both apply', () => {
  expect(judge(facts({ apps: null, projections: [projection({ deadLetters: 1 })] })).status).toBe(
    'unhealthy',
  );
});
