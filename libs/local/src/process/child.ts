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
  /** What asks it to stop; SIGTERM unless given. */
  readonly stopSignal?: 'SIGTERM' | 'SIGINT';
  /** How long it may take to stop before it is killed; 15 s unless given. */
  readonly stopGraceMs?: number;
  /** Lines of at most 64 KiB (lines.ts). It must not throw. */
  readonly onLine?: ((line: string, stream: 'stdout' | 'stderr') => void) | undefined;
  /** Stops it when aborted. */
  readonly signal?: AbortSignal | undefined;
}

export interface ExitInfo {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export const describeExit = ({ code, signal }: ExitInfo): string =>
  signal === null ? `exit code ${code}` : signal;

const TAIL = 20;

/** A process that was started here, does not outlive its starter, and can be stopped for sure. */
export class Child {
  /** Fulfilled when the process is gone and its output read to the end; never rejected. */
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
        // A grandchild may hold the output open: the rest of it is worth waiting for, but not for long.
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
   * @throws when the command cannot be started at all (it is missing, or may not be run)
   */
  static async start(spec: ChildSpec): Promise<Child> {
    spec.signal?.throwIfAborted();
    const child = spawn(spec.command, [...spec.args], {
      // A session of its own: Ctrl-C in the terminal reaches the starter only, which stops things in order.
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

  /** The last lines that it wrote, for the message about its end. */
  lastLines(): string {
    return this.tail.join('\n');
  }

  /**
   * What `work` gives, unless the process ends first: then the awaited would never come.
   * @throws with the last lines that the process wrote, when it ended; the signal tells `work` so
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

  /** Asks it to stop, kills it when it does not in time, and is done when it is gone. */
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
