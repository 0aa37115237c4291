import { spawn } from 'node:child_process';

import { opsCommand } from '@app/testing/infra';

import type { Person } from './load/departures';

/** What `ops verify --json` says of a projection. */
export interface Verification {
  readonly projection: string;
  readonly outcome: 'clean' | 'differs' | 'indeterminate';
  readonly reason?: string;
  readonly differences: readonly unknown[];
}

/** What `ops status --json` says; every offset before a checkpoint is accounted for. */
export interface Status {
  readonly projections: readonly {
    readonly name: string;
    readonly generations: readonly {
      readonly id: number;
      readonly state: string;
      readonly accounts: readonly {
        readonly topic: string;
        readonly partition: number;
        readonly deadLettered: number;
        readonly addsUp: boolean;
      }[];
    }[];
  }[];
}

export interface Run {
  /** null when it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  /** All that it printed. */
  readonly said: string;
}

export interface RunOptions {
  /** SIGKILL after so long; null is never. */
  readonly killAfterMs: number | null;
  readonly stop: AbortSignal;
}

/** Runs the command line with these words. */
export type Execute = (words: readonly string[], options?: RunOptions) => Promise<Run>;

/** The command line of the system under test, as an operator uses it beside the running apps. */
export class Ops {
  constructor(private readonly execute: Execute) {}

  /** @throws when it says nothing that can be read */
  async verify(): Promise<{ code: number | null; results: readonly Verification[] }> {
    const run = await this.execute(['verify', '--all', '--json']);
    return { code: run.code, ...parsed<{ results: readonly Verification[] }>('verify', run) };
  }

  /** @throws when it says nothing that can be read */
  async status(): Promise<{ code: number | null } & Status> {
    const run = await this.execute(['status', '--json']);
    return { code: run.code, ...parsed<Status>('status', run) };
  }

  /** Erases somebody, and waits until the log has been gone through. */
  erase({ workspace, jimerUid }: Person, options: RunOptions): Promise<Run> {
    return this.execute(['erase', jimerUid, '--workspace', workspace], options);
  }

  /**
   * Goes through what was appended since of those who were erased before, when what is under way is done.
   *
   * @throws when it fails
   */
  async sweep(): Promise<void> {
    const { code, said } = await this.execute(['erase', '--again']);
    if (code !== 0)
      throw new Error(`the erasures do not come to an end: it ended with ${code}\n${said.slice(-4_000)}`);
  }

  /** What is left of end users of a workspace. */
  provesErased(uids: readonly string[], workspace: string): Promise<Run> {
    return this.execute(['erase', '--check', '--workspace', workspace, ...uids]);
  }

  /** Builds a generation beside the active one and switches to it; run again, it goes on where it was killed. */
  rebuild(projection: string, options: RunOptions): Promise<Run> {
    return this.execute(['rebuild', projection], options);
  }
}

/**
 * The built command line as a process of this machine.
 *
 * @param reach the settings by which it reaches Kafka and Postgres
 */
export function asProcess(reach: Readonly<Record<string, string>>): Execute {
  return (words, options) => {
    const { command, args } = opsCommand(...words);
    const { PATH, HOME } = process.env;
    const child = spawn(command, args, {
      env: {
        ...{ PATH, HOME, KAFKA_REPLICATION_FACTOR: '1', KAFKA_MIN_INSYNC_REPLICAS: '1' },
        ...reach,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let said = '';
    child.stdout.on('data', (data: Buffer) => {
      stdout += data.toString();
      said += data.toString();
    });
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    const kill = () => child.kill('SIGKILL');
    const killAfterMs = options?.killAfterMs ?? null;
    const timer = killAfterMs === null ? undefined : setTimeout(kill, killAfterMs);
    options?.stop.addEventListener('abort', kill);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        clearTimeout(timer);
        options?.stop.removeEventListener('abort', kill);
        resolve({ code, stdout, said });
      });
    });
  };
}

function parsed<T>(command: string, { code, stdout, said }: Run): T {
  try {
    return JSON.parse(stdout) as T;
  } catch (error) {
    throw new Error(`ops ${command} ended with ${code} and said no JSON:\n${said.slice(-4_000)}`, {
      cause: error,
    });
  }
}
