import { readdirSync, readFileSync } from 'node:fs';

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

/** Processes that were put to sleep and must be woken, whatever happens to who did it. */
export class Sleepers {
  /** What tells each from a later process with the same id. */
  private readonly asleep = new Map<number, string>();
  private readonly atExit = () => this.wakeAll();

  constructor() {
    process.on('exit', this.atExit);
  }

  /** @returns those that could be put to sleep, in the order given */
  putToSleep(pids: readonly number[]): number[] {
    return pids.filter((pid) => {
      const identity = identityOf(pid);
      if (identity === undefined || !signal(pid, 'SIGSTOP')) return false;
      this.asleep.set(pid, identity);
      return true;
    });
  }

  wake(pids: readonly number[]): void {
    for (const pid of pids) {
      const identity = this.asleep.get(pid);
      this.asleep.delete(pid);
      if (identity !== undefined && identityOf(pid) === identity) signal(pid, 'SIGCONT');
    }
  }

  wakeAll(): void {
    this.wake([...this.asleep.keys()]);
  }

  close(): void {
    this.wakeAll();
    process.off('exit', this.atExit);
  }
}
