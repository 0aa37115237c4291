import { startSystem, type RunningSystem, until } from '@app/testing/infra';
import { eventOf, nextTime } from '../support/events';
import { Client } from '../support/http';
import { ops } from '../support/ops';

jest.setTimeout(240_000);

interface Health {
  readonly status: string;
  readonly parts: readonly {
    readonly name: string;
    readonly status: string;
    readonly findings: readonly { readonly about: string | null; readonly message: string }[];
    readonly unknown: readonly string[];
  }[];
  readonly apps: readonly { readonly name: string; readonly state: string }[];
}

/** The five situations in which a console said that all was well, on the system that `npm start` runs. */
describe('the health of a running system', () => {
  let system: RunningSystem;
  const clients = new Map<string, Client>();

  beforeAll(async () => {
    system = await startSystem();
    const { gateway, readApi, tokens } = system.info;
    for (const scope of ['read', 'triage', 'admin'])
      clients.set(scope, new Client(gateway, readApi, tokens.webhook['default'], tokens.read[scope]));
  }, 300_000);
  afterAll(async () => {
    for (const name of ['gateway', 'journey-projector']) signal(name, 'SIGCONT');
    await system?.stop();
  }, 60_000);

  const admin = (): Client => clients.get('admin')!;
  const signal = (name: string, which: NodeJS.Signals): void => {
    const pid = system?.now().parts[name]?.pid;
    if (pid !== undefined) process.kill(pid, which);
  };

  async function health(scope = 'read') {
    const { status, body } = await clients.get(scope)!.get<Health>('/v1/health');
    expect(status).toBe(200);
    return { ...body, part: (name: string) => body.parts.find((part) => part.name === name)! };
  }

  const status = () => ops({}, 'status', '--data-dir', system.dataDir);
  /** Whether a part is, for holders of every scope. */
  const isEverywhere = async (name: string, expected: string): Promise<boolean> => {
    const found = await Promise.all(
      [...clients.keys()].map(async (scope) => (await health(scope)).part(name)),
    );
    return found.every((part) => part.status === expected);
  };

  const foundSilent = (app: string) =>
    until(`${app} to be found silent`, async () =>
      (await health()).part('apps').findings.some(({ about }) => about === app),
    );

  it('is not healthy before the first event', async () => {
    expect(await isEverywhere('arrivals', 'unhealthy')).toBe(true);
    const { stdout, code } = await status();
    expect(stdout).toContain('Workspace default has never sent an event.');
    expect([code, stdout]).toEqual([0, expect.stringContaining('NOT HEALTHY')]);
  });

  it('is not healthy for holders of any token while rejected events wait', async () => {
    const invalid = { ...eventOf('tour.started', nextTime()), experience: { uid: 'not-a-uuid' } };
    expect((await admin().post(invalid)).body.status).toBe('quarantined');
    await until('the quarantined event to be seen', () => isEverywhere('rejected', 'unhealthy'));
    // It arrived all the same.
    await until('the event to have arrived', () => isEverywhere('arrivals', 'healthy'));
  });

  it('is not healthy while the gateway hangs', async () => {
    signal('gateway', 'SIGSTOP');
    try {
      await foundSilent('gateway');
      const { code, stdout } = await status();
      expect([code, stdout]).toEqual([1, expect.stringMatching(/gateway at .* does not answer/)]);
    } finally {
      signal('gateway', 'SIGCONT');
    }
    await until('the gateway to answer again', () => isEverywhere('apps', 'healthy'));
  });

  it('is not healthy while a projector hangs, however few its events are', async () => {
    signal('journey-projector', 'SIGSTOP');
    try {
      const events = Array.from({ length: 300 }, () => eventOf('tour.started', nextTime()));
      expect((await admin().postBatch(events)).status).toBe(202);
      await until('the age of the oldest to be shown', async () => {
        const { body } = await admin().get<{ lag: number; lagSeconds: number | null }>(
          '/v1/projections/journeys',
        );
        return body.lag > 0 && body.lagSeconds !== null && body.lagSeconds > 0;
      });
      await foundSilent('journey-projector');
      const { code, stdout } = await status();
      expect([code, stdout]).toEqual([1, expect.stringContaining('NOT HEALTHY')]);
      // The age alone tells, were the process not watched.
      await until(
        'the projection to be behind',
        async () =>
          (await health()).part('projections').findings.some(({ message }) => /behind/.test(message)),
        { deadlineMs: 120_000, everyMs: 1_000 },
      );
    } finally {
      signal('journey-projector', 'SIGCONT');
    }
    await until('the projection to have caught up', () => isEverywhere('projections', 'healthy'), {
      deadlineMs: 120_000,
    });
  });

  it('takes a verification for the generation that it compared, and for no other', async () => {
    const about = async (): Promise<string[]> =>
      (await health()).part('verification').unknown.filter((text) => text.startsWith('journeys'));
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await ops({}, ...args, '--data-dir', system.dataDir);
      expect([args[0], code, stdout + stderr]).toEqual([args[0], 0, expect.any(String)]);
    };
    expect(await about()).toHaveLength(1);
    await run('verify', 'journeys');
    await until('the verification to count', async () => (await about()).length === 0);
    await run('rebuild', 'journeys');
    await until('the new generation not to be verified', async () => (await about()).length === 1);
    expect((await about())[0]).toMatch(/generation \d+ has not been verified yet/);
  });

  it('tells why requests are refused, to those who may know', async () => {
    const answer = await fetch(`${system.info.gateway}/webhooks/jimo?token=mistyped`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(answer.status).toBe(401);
    await until('the refusal to be seen', async () =>
      (await health()).part('refusals').findings.some(({ message }) => /401.*none of those/.test(message)),
    );
    expect(JSON.stringify(await health())).not.toContain('mistyped');
  });
});
