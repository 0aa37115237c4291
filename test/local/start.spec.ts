import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { projectRoot } from '@app/local';
import { opsCommand, type RunningSystem, startSystem, until } from '@app/testing/infra';

import { baseOf, expressions, readPromql, shownMetrics } from '../../libs/testing/src/observability';
import { eventOf, jimer } from '../support/events';
import { type Accepted, type Answer, Client } from '../support/http';

const APPS = ['gateway', 'journey-projector', 'experience-projector', 'feedback-projector', 'read-api'];

/** The processes whose command line names the folder: Kafka's and PostgreSQL's do. */
function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
      } catch {
        return false;
      }
    });
}

const isRunning = (pid: number) => {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

/** The children of a supervisor that end the others when it is gone. */
const watchdogsOf = (supervisor: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [command, status] = ['cmdline', 'stat'].map((file) =>
          readFileSync(`/proc/${pid}/${file}`, 'utf8'),
        );
        const parent = Number(status!.slice(status!.lastIndexOf(')') + 2).split(' ')[1]);
        return parent === supervisor && command!.includes('local-watchdog');
      } catch {
        return false;
      }
    });

const pidsOf = (system: RunningSystem): number[] =>
  Object.values(system.now().parts).flatMap(({ pid }) => (pid === undefined ? [] : [pid]));

async function run(env: Record<string, string>, ...args: string[]): Promise<{ code: number; said: string }> {
  const { command, args: all } = opsCommand(...args);
  return new Promise((resolve) => {
    execFile(command, all, { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, said: stdout + stderr });
    });
  });
}

const clientOf = ({ info }: RunningSystem) => new Client(info.gateway, info.readApi);

/** A gateway that is without its Kafka says 503: whoever sends tries again, as Jimo does. */
async function sendUntilAccepted(client: Client, event: unknown): Promise<Answer<Accepted>> {
  return until('a 202', async () => {
    const answer = await client.post(event);
    return answer.status === 202 && answer;
  });
}

jest.setTimeout(120_000);

describe('npm start', () => {
  // As root's own temporary folders are: PostgreSQL, which refuses root, must get through all the same.
  const dataDir = mkdtempSync(join(tmpdir(), 'jimo-local-'));
  let system: RunningSystem;
  let client: Client;
  const someone = jimer();
  const journey = `/v1/jimers/${String(someone['uid'])}/timeline`;

  beforeAll(async () => {
    chmodSync(dataDir, 0o700);
    system = await startSystem({ dataDir });
    client = clientOf(system);
  }, 300_000);

  afterAll(async () => {
    await system?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }, 60_000);

  it('runs each app as a process that its command line names, and says where everything is', async () => {
    const { parts } = system.info;
    // What it says last; it says so when others can find it ready already.
    await until('all that it says', () => system.output().join('\n').includes('dev-admin-token'));
    expect(Object.keys(parts).sort()).toEqual([...APPS, 'kafka', 'postgres'].sort());
    for (const app of APPS) {
      expect(readFileSync(`/proc/${parts[app]!.pid}/cmdline`, 'utf8')).toContain(`apps/${app}/`);
      expect(system.output().join('\n')).toContain(parts[app]!.url);
    }
    const said = system.output().join('\n');
    for (const token of ['dev-webhook-token', 'dev-read-token', 'dev-triage-token', 'dev-admin-token'])
      expect(said).toContain(token);
    const password = new URL(system.info.database.url).password;
    expect(password).toMatch(/^[0-9a-f]{36}$/);
    expect(said).not.toContain(password);
  });

  it('keeps what is secret readable by its owner alone', () => {
    for (const file of [
      'system.json',
      'postgres/password',
      'kafka/password',
      'kafka/client.properties',
      'kafka/kcat.conf',
    ])
      expect(statSync(join(dataDir, file)).mode & 0o077).toBe(0);
    expect(statSync(join(dataDir, 'logs')).mode & 0o077).toBe(0);
  });

  it('takes an event and shows it', async () => {
    const { body } = await sendUntilAccepted(
      client,
      eventOf('tour.started', 1_740_133_769_000, { jimer: someone }),
    );
    const shown = await client.get<{ items: { id: string }[] }>(journey, body.position);
    expect(shown.body.items.map(({ id }) => id)).toEqual([body.id]);
  });

  it('shows every metric that the dashboard and the alerts ask for, and each is documented', async () => {
    const pages = await Promise.all(
      APPS.map(async (app) =>
        shownMetrics(await (await fetch(`${system.info.parts[app]!.url}/metrics`)).text()),
      ),
    );
    const shown = new Map<string, ReadonlySet<string>>();
    for (const page of pages)
      for (const [name, { labels }] of page)
        shown.set(name, new Set([...labels, ...(shown.get(name) ?? [])]));
    const types = new Map(pages.flatMap((page) => [...page]));
    const documented = readFileSync(join(projectRoot(), 'docs', 'observability.md'), 'utf8');
    for (const name of types.keys())
      if (!/^(?:process|nodejs)_(?!eventloop_delay|eventloop_utilization)/.test(name))
        expect([name, documented.includes(`| \`${name}\``)]).toEqual([name, true]);

    // What Prometheus itself adds, and what an app shows only when there is such a file.
    const elsewhere = ['up', 'tokens_file_usable'];
    const added = ['job', 'instance'];
    for (const { where, expr } of expressions()) {
      const { selectors, grouping } = readPromql(expr);
      for (const { metric, labels } of selectors) {
        if (elsewhere.includes(metric)) continue;
        const has = shown.get(baseOf(metric, types));
        expect([where, metric, has !== undefined]).toEqual([where, metric, true]);
        if (has!.size === 0) continue;
        const known = new Set([...has!, ...added]);
        const unknown = [...labels, ...grouping].filter((label) => !known.has(label));
        expect([where, metric, unknown]).toEqual([where, metric, []]);
      }
    }
  });

  it('refuses a second start of the same data, and says who has it', async () => {
    const { code, said } = await run({ DATA_DIR: dataDir }, 'start');
    expect(code).not.toBe(0);
    expect(said).toContain(`pid ${system.pid}`);
  });

  it('says which setting to change when a port is taken', async () => {
    const taken = new URL(system.info.gateway).port;
    const other = mkdtempSync(join(tmpdir(), 'jimo-local-'));
    try {
      const { code, said } = await run({ DATA_DIR: other, GATEWAY_PORT: taken }, 'start');
      expect(code).not.toBe(0);
      expect(said).toMatch(new RegExp(`port ${taken} .*GATEWAY_PORT`));
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  it('names a setting that cannot be used', async () => {
    const { code, said } = await run({ DATA_DIR: dataDir, GATEWAY_PORT: 'here' }, 'start');
    expect(code).not.toBe(0);
    expect(said).toContain('GATEWAY_PORT');
  });

  it.each(['gateway', 'journey-projector', 'read-api', 'postgres', 'kafka'])(
    'starts %s again when it dies, and the others go on',
    async (name) => {
      const before = system.now().parts;
      process.kill(before[name]!.pid!, 'SIGKILL');
      const after = await until(`${name} to be started again`, () => {
        const { parts } = system.now();
        return parts[name]!.pid !== undefined && parts[name]!.pid !== before[name]!.pid && parts;
      });
      for (const other of Object.keys(before).filter((part) => part !== name))
        expect([other, after[other]!.pid]).toEqual([other, before[other]!.pid]);
      await until('every app to be ready again', async () => {
        const answers = await Promise.all(APPS.map((app) => fetch(`${after[app]!.url}/health/ready`)));
        return answers.every(({ ok }) => ok);
      });
      const { body } = await sendUntilAccepted(
        client,
        eventOf('tour.completed', Date.now(), { jimer: someone }),
      );
      // 504 while a projector still finds its way back to Kafka.
      const shown = await until('the event in the read API', async () => {
        const answer = await client.get<{ items: { id: string }[] }>(journey, body.position);
        return answer.status === 200 && answer.body.items;
      });
      expect(shown.map(({ id }) => id)).toContain(body.id);
    },
    240_000,
  );

  it('goes on while its file cannot be written, and writes it when there is room', async () => {
    const inTheWay = join(dataDir, 'system.json.new');
    symlinkSync('/dev/full', inTheWay);
    const { gateway } = system.now().parts;
    try {
      process.kill(gateway!.pid!, 'SIGKILL');
      await until('word of it', () => system.output().some((line) => line.includes('cannot be written')));
      // The file is not what it was asked for: the gateway runs at the same address.
      await until('the gateway', async () => (await fetch(`${gateway!.url}/health/ready`)).ok);
      expect(system.now().parts['gateway']!.pid).toBe(gateway!.pid);
    } finally {
      rmSync(inTheWay);
    }
    await until('the new process in the file', () => {
      const { pid } = system.now().parts['gateway']!;
      return pid !== undefined && pid !== gateway!.pid;
    });
  });

  it('stops everything on an interrupt', async () => {
    const pids = [system.pid, ...pidsOf(system)];
    expect(pids.filter(isRunning)).toHaveLength(pids.length);
    expect(await system.stop()).toBe(0);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(processesOf(dataDir)).toEqual([]);
  }, 60_000);

  it('finds its data at the next start', async () => {
    system = await startSystem({ dataDir });
    client = clientOf(system);
    const shown = await client.get<{ items: unknown[] }>(journey);
    // The first event, and one for each part that died.
    expect(shown.body.items).toHaveLength(6);
  }, 180_000);

  it('leaves no process behind when it is killed itself, and starts again on what is left', async () => {
    const pids = pidsOf(system);
    await system.kill();
    await until('every part to be gone', () => pids.every((pid) => !isRunning(pid)));
    expect(processesOf(dataDir)).toEqual([]);

    system = await startSystem({ dataDir });
    client = clientOf(system);
    const { body } = await client.get<{ items: unknown[] }>(journey);
    expect(body.items).toHaveLength(6);
  }, 240_000);

  it('starts at once on what is left when its watchdog was killed with it', async () => {
    const pids = pidsOf(system);
    // Stopped first: it would start another one.
    process.kill(system.pid, 'SIGSTOP');
    const watchdogs = watchdogsOf(system.pid);
    expect(watchdogs).toHaveLength(1);
    for (const pid of watchdogs) process.kill(pid, 'SIGKILL');
    await system.kill();
    expect(pids.filter(isRunning)).toHaveLength(pids.length);

    system = await startSystem({ dataDir });
    expect(pids.filter(isRunning)).toEqual([]);
    client = clientOf(system);
    const { body } = await client.get<{ items: unknown[] }>(journey);
    expect(body.items).toHaveLength(6);
  }, 240_000);
});
