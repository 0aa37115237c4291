import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KafkaLogReader } from '@app/engine-kafka';
import { createDatabase, type TestDatabase } from '@app/testing';
import { event, experience, jimer, ReadApiFixture, second } from '../read-api.fixture';
import { HealthWatch } from './health-watch';

const HEALTH_TOKEN = 'a-health-token-of-specs';
const NOW = Date.now();

interface Part {
  readonly name: string;
  readonly status: string;
  readonly findings: readonly { readonly level: string; readonly about: string; readonly message: string }[];
  readonly unknown: readonly string[];
}
interface SystemHealth {
  readonly status: string;
  readonly parts: readonly Part[];
  readonly apps: readonly { readonly name: string; readonly state: string }[] | null;
  readonly workspaces:
    readonly { readonly workspace: string; readonly everReceived: boolean | null }[] | null;
  readonly refusals: { readonly groups: readonly { readonly workspace: string | null }[] } | null;
  readonly webhookUrl: string | null;
}

/** What stands in for the apps: each answers as it is told, or not at all. */
class StandIn {
  /** null: it hangs. */
  ready: { readonly status: number; readonly body: object } | null = { status: 200, body: {} };
  report: object = { since: NOW - 60_000, workspaces: [], refused: [] };

  private constructor(private readonly server: Server) {}

  static async open(): Promise<StandIn> {
    const server = createServer();
    const standIn = new StandIn(server);
    server.on('request', ({ url, headers }, answer) => {
      if (standIn.ready === null) return;
      const asked = url === '/health/intake';
      const allowed = headers.authorization === `Bearer ${HEALTH_TOKEN}`;
      answer.writeHead(asked ? (allowed ? 200 : 401) : standIn.ready.status);
      answer.end(JSON.stringify(asked ? standIn.report : standIn.ready.body));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return standIn;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

describe('the health of the system', () => {
  let database: TestDatabase;
  let api: ReadApiFixture;
  let gateway: StandIn;
  let projector: StandIn;

  beforeAll(async () => {
    gateway = await StandIn.open();
    projector = await StandIn.open();
    database = await createDatabase();
    api = await ReadApiFixture.open(database.url, {
      HEALTH_APPS: `gateway=${gateway.url}, journey-projector=${projector.url}`,
      HEALTH_TOKEN,
      GATEWAY_URL: 'https://hooks.example.com/',
    });
  });
  afterAll(async () => {
    await api?.close();
    await database?.drop();
    gateway?.close();
    projector?.close();
  });
  afterEach(() => {
    gateway.ready = projector.ready = { status: 200, body: {} };
    gateway.report = { since: NOW - 60_000, workspaces: [], refused: [] };
  });

  async function health(token = 'read-token') {
    // Answers are shared for two seconds; this one is to be new.
    const watch = api.app.get<{ system: { last: null } }>(HealthWatch);
    watch.system.last = null;
    const { status, body } = await api.get('/v1/health', token);
    expect(status).toBe(200);
    const found = body as unknown as SystemHealth;
    const part = (name: string): Part => found.parts.find((each) => each.name === name)!;
    return { ...found, part };
  }

  it('is not healthy for any token while rejected events wait, nor for one of another workspace', async () => {
    expect((await health()).part('rejected').status).toBe('healthy');
    await api.deliver(
      [event('tour.started', second(1), { experience: { uid: 'not-a-uuid' }, jimer: { uid: 42 } })],
      'acme',
    );
    for (const token of ['read-token', 'triage-token', 'admin-token', 'acme-token']) {
      const { status, part } = await health(token);
      expect([token, status, part('rejected').status]).toEqual([token, 'unhealthy', 'unhealthy']);
    }
    await api.deliver([event('tour.teleported', second(1), {})], 'default');
    const messages = (part: Part): string => part.findings.map(({ message }) => message).join();
    expect(messages((await health('read-token')).part('rejected'))).toMatch(/quarantine.*unrecognized/);
    expect(messages((await health('acme-token')).part('rejected'))).not.toContain('unrecognized');
  });

  it('says that a hung app does not answer, and which', async () => {
    projector.ready = null;
    const { status, apps, part } = await health();
    expect([status, part('apps').findings.map(({ about }) => about)]).toEqual([
      'unhealthy',
      ['journey-projector'],
    ]);
    expect(apps!.map(({ name, state }) => [name, state])).toEqual([
      ['gateway', 'ready'],
      ['journey-projector', 'silent'],
    ]);
  });

  it('says why an app is not ready', async () => {
    gateway.ready = {
      status: 503,
      body: { checks: { kafka: { ok: false, reason: 'no broker answers' }, x: { ok: true } } },
    };
    const [finding] = (await health()).part('apps').findings;
    expect(finding!.message).toContain('kafka: no broker answers');
    expect(finding!.message).not.toContain('x:');
  });

  it('does not know what is refused while no gateway reports it', async () => {
    gateway.report = { since: 'nonsense' };
    const { part, refusals } = await health();
    expect([refusals, part('refusals').status]).toEqual([null, 'unknown']);
  });

  describe('with a gateway that reports', () => {
    const refused = (workspace: string | null, status: number, reason: string) => ({
      ...{ workspace, status, reason, count: 2 },
      ...{ firstAt: NOW - 50_000, lastAt: NOW - 1_000 },
    });
    beforeEach(() => {
      gateway.report = {
        since: NOW - 60_000,
        workspaces: [
          { workspace: 'acme', lastAt: null },
          { workspace: 'default', lastAt: NOW - 5_000 },
          { workspace: 'new', lastAt: null },
        ],
        refused: [
          refused('default', 415, 'The content type must be application/json.'),
          refused(null, 401, 'The request has no token.'),
        ],
      };
    });

    it('does not say that a workspace never sent anything while Kafka does not answer', async () => {
      const { workspaces } = await health();
      expect(workspaces!.find(({ workspace }) => workspace === 'new')!.everReceived).toBeNull();
    });

    it('names a workspace that never sent anything, where Jimo is to call, and no token', async () => {
      const log = api.app.get(KafkaLogReader, { strict: false });
      const grown = [{ topic: 'jimo.engagement', partition: 0, offset: 5 }];
      jest.spyOn(log, 'offsets').mockImplementation((_topics, ...at) => Promise.resolve(at.map(() => grown)));
      jest.spyOn(log, 'recordsFrom').mockResolvedValue([]);
      await api.deliver(
        [event('tour.started', second(2), { jimer: jimer(1), experience: experience(1) })],
        'acme',
      );
      const { workspaces, webhookUrl, part } = await health();
      expect(workspaces!.map(({ workspace, everReceived }) => [workspace, everReceived])).toEqual([
        // Its events are in the read models, whatever the gateway and the end of the log remember.
        ['acme', true],
        ['default', true],
        ['new', false],
      ]);
      expect(part('arrivals').findings.map(({ about }) => about)).toEqual(['new']);
      expect(webhookUrl).toBe('https://hooks.example.com/webhooks/jimo');
      jest.restoreAllMocks();
    });

    it('shows refused requests of its own workspace to a token of one, and of all to one of all', async () => {
      const own = await health('acme-token');
      expect(own.refusals!.groups).toEqual([]);
      expect(own.part('refusals').status).toBe('unknown');
      expect(own.workspaces!.map(({ workspace }) => workspace)).toEqual(['acme']);
      const all = await health();
      expect(all.refusals!.groups.map(({ workspace }) => workspace)).toEqual(['default', null]);
      expect(all.part('refusals').findings).toHaveLength(2);
    });

    it('reports the same by metrics and by readiness, which names no workspace', async () => {
      await api.app.get(HealthWatch).report();
      const metrics = (await api.app.inject({ url: '/metrics' })).body;
      expect(metrics).toContain('system_health{part="refusals",status="unhealthy"} 1');
      expect(metrics).toContain('system_health_findings{part="refusals",level="attention"} 2');
      const { checks } = (await api.app.inject({ url: '/health/ready' })).json<{
        checks: { system: { ok: boolean; note: string } };
      }>();
      expect(checks.system).toEqual({ ok: true, note: expect.stringContaining('refusals') as string });
      expect(checks.system.note).not.toContain('default');
    });
  });

  it('does not know how far projections are behind while Kafka does not answer', async () => {
    const { part } = await health();
    expect([part('projections').status, part('projections').unknown.length > 0]).toEqual(['unknown', true]);
  });
});
