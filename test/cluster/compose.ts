import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePorts } from '@app/local';

const run = promisify(execFile);
const ROOT = join(__dirname, '..', '..');

/** Each has a password of its own. */
const USERS = [
  ...['POSTGRES', 'KAFKA_OPS', 'GATEWAY', 'JOURNEY_PROJECTOR', 'EXPERIENCE_PROJECTOR'],
  ...['FEEDBACK_PROJECTOR', 'READ_API'],
];

/** Why no cluster can be started here; undefined where one can. */
export function whyNoCompose(): string | undefined {
  try {
    execFileSync('docker', ['info'], { stdio: 'pipe', timeout: 20_000 });
    execFileSync('docker', ['compose', 'version'], { stdio: 'pipe', timeout: 20_000 });
    return undefined;
  } catch (error) {
    const { code, stderr, message } = error as { code?: string; stderr?: Buffer; message: string };
    if (code === 'ENOENT') return 'docker is not installed';
    return stderr?.toString().trim().split('\n').at(-1) ?? message;
  }
}

/** The project's docker-compose.yml under a project name of the test's own. */
export class Compose {
  constructor(
    private readonly project: string,
    /** Of the image that is built. */
    private readonly tag: string,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** @throws with what compose wrote, when it fails */
  async run(...args: readonly string[]): Promise<string> {
    const { code, stdout, said } = await this.attempt(...args);
    if (code !== 0) throw new Error(`docker compose ${args.join(' ')}:\n${said.slice(-6_000)}`);
    return stdout;
  }

  /** Like `run`, where another exit code than 0 is an answer. */
  async attempt(
    ...args: readonly string[]
  ): Promise<{ readonly code: number; readonly stdout: string; readonly said: string }> {
    const all = [
      'compose',
      '--project-name',
      this.project,
      '--file',
      join(ROOT, 'docker-compose.yml'),
      ...args,
    ];
    const { PATH, HOME, DOCKER_HOST } = process.env;
    const env = { PATH, HOME, ...(DOCKER_HOST ? { DOCKER_HOST } : {}), IMAGE_TAG: this.tag, ...this.env };
    try {
      const { stdout, stderr } = await run('docker', all, { cwd: ROOT, env, maxBuffer: 64 << 20 });
      return { code: 0, stdout, said: stdout + stderr };
    } catch (error) {
      const { code, stderr, stdout } = error as { code: unknown; stderr: string; stdout: string };
      if (typeof code !== 'number') throw error;
      return { code, stdout, said: stdout + stderr };
    }
  }

  /** The service's containers, with their state and health. */
  async containers(
    service: string,
  ): Promise<{ Name: string; State: string; Health: string; ExitCode: number }[]> {
    const lines = (await this.run('ps', '--all', '--format', 'json', service)).trim().split('\n');
    return lines.filter(Boolean).map((line) => JSON.parse(line) as never);
  }

  /**
   * Where the service's container is on the network of the project. Nothing is published for this: on Linux the
   * engine's machine can reach its containers. It may be another after each start.
   */
  async addressOf(service: string): Promise<string> {
    const id = (await this.run('ps', '--quiet', service)).trim();
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}';
    const { stdout } = await run('docker', ['inspect', '--format', format, id]);
    const [address] = stdout.trim().split(' ');
    if (!address) throw new Error(`${service} has no address: is it running?`);
    return address;
  }

  /** Containers, networks, data and the image that was built. */
  async remove(): Promise<void> {
    await this.run('down', '--volumes', '--timeout', '20');
    await run('docker', ['image', 'rm', '--force', `jimo-webhooks:${this.tag}`]);
  }
}

const secret = (): string => randomBytes(16).toString('hex');

/** A cluster of the test's own: its passwords and tokens, and where it publishes its two apps. */
export class Cluster {
  private constructor(
    readonly compose: Compose,
    readonly passwords: Readonly<Record<string, string>>,
    /** Of webhooks, by workspace. */
    readonly tokens: Readonly<Record<'default' | 'other', string>>,
    /** The read API's token of scope admin. */
    readonly admin: string,
    readonly gateway: string,
    readonly readApi: string,
  ) {}

  /** Nothing runs yet. */
  static async prepare(): Promise<Cluster> {
    const id = randomBytes(4).toString('hex');
    const [gateway, readApi] = (await freePorts(2)) as [number, number];
    const [tokens, admin] = [{ default: secret(), other: secret() }, secret()];
    const passwords = Object.fromEntries(USERS.map((user) => [`${user}_PASSWORD`, secret()]));
    const compose = new Compose(`jimo-test-${id}`, `test-${id}`, {
      ...passwords,
      JIMO_WEBHOOK_TOKENS: `default:${tokens.default},other:${tokens.other}`,
      READ_API_TOKENS: `admin:${admin}`,
      GATEWAY_PORT: String(gateway),
      READ_API_PORT: String(readApi),
    });
    const url = (port: number): string => `http://127.0.0.1:${port}`;
    return new Cluster(compose, passwords, tokens, admin, url(gateway), url(readApi));
  }
}
