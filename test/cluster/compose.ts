import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(__dirname, '..', '..');

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
      const { stdout } = await run('docker', all, { cwd: ROOT, env, maxBuffer: 64 << 20 });
      return stdout;
    } catch (error) {
      const { stderr, stdout } = error as { stderr: string; stdout: string };
      throw new Error(`docker compose ${args.join(' ')}:\n${(stdout + stderr).slice(-6_000)}`, {
        cause: error,
      });
    }
  }

  /** The service's containers, with their state and health. */
  async containers(
    service: string,
  ): Promise<{ Name: string; State: string; Health: string; ExitCode: number }[]> {
    const lines = (await this.run('ps', '--all', '--format', 'json', service)).trim().split('\n');
    return lines.filter(Boolean).map((line) => JSON.parse(line) as never);
  }

  /** Containers, networks, data and the image that was built. */
  async remove(): Promise<void> {
    await this.run('down', '--volumes', '--timeout', '20');
    await run('docker', ['image', 'rm', '--force', `jimo-webhooks:${this.tag}`]);
  }
}
