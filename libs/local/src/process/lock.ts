import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

import { identityOf } from './identity';

export type LockAttempt =
  { readonly lock: 'taken'; release(): void } | { readonly lock: 'held'; readonly pid: number };

/**
 * Acquires a lock file for this process, or reports its holder. The lock of an ended process is taken over, even if another
 * process has its id by now.
 */
export function tryLock(file: string): LockAttempt {
  const mine = `${file}.${process.pid}`;
  // Linked into place, so that a lock file is never visible without its content.
  writeFileSync(mine, identityOf(process.pid)!, { mode: 0o600 });
  try {
    for (;;) {
      try {
        linkSync(mine, file);
        return { lock: 'taken', release: () => rmSync(file, { force: true }) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = read(file);
      if (holder === undefined) continue;
      const pid = Number.parseInt(holder, 10);
      if (identityOf(pid) === holder) return { lock: 'held', pid };
      rmSync(file, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
