import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { COMPILED } from '@app/testing/infra';

const ROOT = join(__dirname, '..', '..');

/** A built app as a process of its own, as in production. */
export class AppProcess {
  private readonly exited: Promise<unknown>;
  private output = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly name: string,
  ) {
    this.exited = once(child, 'exit');
    for (const stream of [child.stdout, child.stderr])
      stream!.on('data', (data: Buffer) => (this.output = (this.output + data.toString()).slice(-20_000)));
  }

  static start(name: string, env: Readonly<Record<string, string>>): AppProcess {
    const main = join(ROOT, 'dist', 'apps', name, 'src', 'main.js');
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, [main], {
      env: { PATH, HOME, LISTEN_HOST: '127.0.0.1', ...COMPILED, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new AppProcess(child, name);
  }

  get pid(): number {
    return this.child.pid!;
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get exitCode(): number | null {
    return this.child.exitCode;
  }

  /** The last of what it printed. */
  get log(): string {
    return this.output;
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    if (!this.running) return;
    this.child.kill(signal);
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await this.exited;
  }

  /** Port on which it says that it listens, or undefined while it does not. */
  get port(): number | undefined {
    const match = /"port":(\d+),"msg":"listening"/.exec(this.output);
    return match ? Number(match[1]) : undefined;
  }
}
