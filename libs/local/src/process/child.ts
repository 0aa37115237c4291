import { type ChildProcess, spawn } from 'node:child_process';

import { eachLine } from './lines';
import { type Tier, watchdog } from './watchdog';

export interface ChildSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly tier: Tier;
  /** The signal that asks the process to stop. Default: SIGTERM. */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT';
  /** The time limit to stop before it is killed. Default: 15 s. */
  readonly stopGraceMs?: number;
  /** Lines of at most 64 KiB (lines.ts). It must not throw. */
  readonly onLine?: ((line: string, stream: 'stdout' | 'stderr') => void) | undefined;
  /** Stops the process when aborted. */
  readonly signal?: AbortSignal | undefined;
}

export interface ExitInfo {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export const describeExit = ({ code, signal }: ExitInfo): string =>
  signal === null ? `exit code ${code}` : signal;

const TAIL = 20;

/** A child process that does not outlive its starter and can be stopped reliably. */
export class Child {
  /** Resolves when the process has ended and its output was read completely; never rejects. */
  readonly exited: Promise<ExitInfo>;
  private exitInfo: ExitInfo | undefined;
  private readonly tail: string[] = [];

  private constructor(
    private readonly spec: ChildSpec,
    private readonly process: ChildProcess,
    readonly pid: number,
  ) {
    this.exited = new Promise((resolve) => {
      process.once('exit', (code, signal) => {
        this.exitInfo = { code, signal };
        watchdog.forget(pid);
        // A grandchild may keep the output open, so wait for the rest only briefly.
        const enough = setTimeout(() => resolve({ code, signal }), 1_000);
        process.once('close', () => {
          clearTimeout(enough);
          resolve({ code, signal });
        });
      });
    });
    for (const stream of ['stdout', 'stderr'] as const) {
      eachLine(process[stream]!, (line) => {
        this.tail.push(line);
        if (this.tail.length > TAIL) this.tail.shift();
        spec.onLine?.(line, stream);
      });
    }
  }

  /**
   * @throws if the command cannot be started (it is missing or not executable)
   */
  static async start(spec: ChildSpec): Promise<Child> {
    spec.signal?.throwIfAborted();
    const child = spawn(spec.command, [...spec.args], {
      // A separate session, so that Ctrl-C in the terminal reaches only the starter, which stops everything in order.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: spec.env ?? process.env,
      ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
      ...(spec.uid === undefined ? {} : { uid: spec.uid }),
      ...(spec.gid === undefined ? {} : { gid: spec.gid }),
    });
    if (child.pid === undefined) {
      const error = await new Promise<Error>((resolve) => child.once('error', resolve));
      throw new Error(`${spec.name} could not be started: ${error.message}`, { cause: error });
    }
    child.on('error', () => undefined);
    watchdog.watch({ pid: child.pid, tier: spec.tier, signal: spec.stopSignal ?? 'SIGTERM' });
    const started = new Child(spec, child, child.pid);
    const abort = () => void started.stop();
    spec.signal?.addEventListener('abort', abort);
    void started.exited.then(() => spec.signal?.removeEventListener('abort', abort));
    return started;
  }

  get running(): boolean {
    return this.exitInfo === undefined;
  }

  get name(): string {
    return this.spec.name;
  }

  /** The last lines of its output, for error messages. */
  lastLines(): string {
    return this.tail.join('\n');
  }

  /**
   * Resolves with the result of `work`, or rejects if the process ends first, because then `work` might never end.
   * @throws with the last lines of the process's output if it ended; the signal then aborts `work`
   */
  async whileRunning<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const ended = new AbortController();
    const gone = this.exited.then((exit) => {
      const error = new Error(`${this.spec.name} ended (${describeExit(exit)}):\n${this.lastLines()}`);
      ended.abort(error);
      throw error;
    });
    gone.catch(() => undefined);
    return Promise.race([work(ended.signal), gone]);
  }

  /** Asks the process to stop, kills it after the time limit, and resolves when it has ended. */
  async stop(): Promise<ExitInfo> {
    if (this.exitInfo !== undefined) return this.exitInfo;
    this.process.kill(this.spec.stopSignal ?? 'SIGTERM');
    const killer = setTimeout(() => this.process.kill('SIGKILL'), this.spec.stopGraceMs ?? 15_000);
    try {
      return await this.exited;
    } finally {
      clearTimeout(killer);
    }
  }
}
