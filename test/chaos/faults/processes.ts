import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Writable } from 'node:stream';

import { identityOf } from '@app/local';

/** The processes whose parent it is; Linux only, as the chaos is. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        // State and parent stand after the command, which may hold brackets.
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
      } catch {
        return false;
      }
    });
}

/** PostgreSQL's backends that serve a client. */
export function backendsOf(postmaster: number): number[] {
  return childrenOf(postmaster).filter((pid) => {
    try {
      return /^postgres: \S+ \S+ 127\.0\.0\.1/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    } catch {
      return false;
    }
  });
}

/** @returns false when it is gone already */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Wakes whoever was in the last line that it read when the pipe closes: its starter is gone, however it went. */
const GUARD =
  'while read -r line; do pids=$line; done; for pid in $pids; do kill -CONT "$pid" 2>/dev/null; done';

/** Processes that were put to sleep and must be woken, whatever happens to who did it. */
export class Sleepers {
  /** What tells each from a later process with the same id. */
  private readonly asleep = new Map<number, string>();
  private readonly guard: Writable;

  constructor() {
    // A session of its own: what kills the test's process group must not reach it.
    const shell = spawn('/bin/sh', ['-c', GUARD], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    shell.unref();
    this.guard = shell.stdin;
    this.guard.on('error', () => undefined);
  }

  /** @returns those that could be put to sleep, in the order given */
  putToSleep(pids: readonly number[]): number[] {
    return pids.filter((pid) => {
      const identity = identityOf(pid);
      if (identity === undefined) return false;
      this.asleep.set(pid, identity);
      // Told before it is done: whoever dies in between has only woken somebody who was awake.
      this.tell();
      if (signal(pid, 'SIGSTOP')) return true;
      this.asleep.delete(pid);
      return false;
    });
  }

  wake(pids: readonly number[]): void {
    for (const pid of pids) {
      const identity = this.asleep.get(pid);
      this.asleep.delete(pid);
      if (identity !== undefined && identityOf(pid) === identity) signal(pid, 'SIGCONT');
    }
    this.tell();
  }

  close(): void {
    this.wake([...this.asleep.keys()]);
    this.guard.end();
  }

  private tell(): void {
    this.guard.write(`${[...this.asleep.keys()].join(' ')}\n`);
  }
}
