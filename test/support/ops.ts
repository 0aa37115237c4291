import { spawn, type ChildProcess } from 'node:child_process';
import { COMPILED, opsCommand } from '@app/testing/infra';

export interface OpsResult {
  /** null when it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as a process of its own, while it runs. */
export class OpsProcess {
  readonly ended: Promise<OpsResult>;
  private readonly child: ChildProcess;
  private stdout = '';
  private stderr = '';

  constructor(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
    const { command, args: all } = opsCommand(...args);
    const { PATH, HOME } = process.env;
    this.child = spawn(command, all, {
      env: { PATH, HOME, ...COMPILED, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout!.on('data', (data: Buffer) => (this.stdout += data.toString()));
    this.child.stderr!.on('data', (data: Buffer) => (this.stderr += data.toString()));
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr })),
    );
  }

  get said(): string {
    return this.stdout + this.stderr;
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }
}

export function ops(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<OpsResult> {
  return new OpsProcess(env, ...args).ended;
}
