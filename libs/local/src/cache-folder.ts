import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

import { tryLock } from './process/lock';
import { until } from './wait';

/** The folder for downloads that all checkouts share: XDG_CACHE_HOME, or the platform's usual folder. */
export function cacheFolder(): string {
  const home = homedir();
  const base =
    process.env['XDG_CACHE_HOME'] ?? join(home, process.platform === 'darwin' ? 'Library/Caches' : '.cache');
  return join(base, 'jimo-webhooks');
}

/**
 * Ensures that `folder` exists with the complete output of `build`, which runs once per machine even with concurrent
 * callers. The folder is renamed into place, so it is never incomplete.
 * The lock only avoids a second download; without it, the rename still lets exactly one builder win.
 */
export async function builtOnce(
  folder: string,
  build: (into: string) => Promise<void>,
  signal?: AbortSignal,
): Promise<string> {
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const lock = await until(
    `another process that makes ${folder}`,
    () => {
      const attempt = tryLock(`${folder}.lock`);
      return attempt.lock === 'taken' && attempt;
    },
    { deadlineMs: 900_000, everyMs: 200, signal },
  );
  try {
    if (existsSync(folder)) return folder;
    const into = `${folder}.part-${process.pid}`;
    rmSync(into, { recursive: true, force: true });
    mkdirSync(into);
    try {
      await build(into);
      renameSync(into, folder);
    } catch (error) {
      rmSync(into, { recursive: true, force: true });
      if (!existsSync(folder)) throw error;
    }
    return folder;
  } finally {
    lock.release();
  }
}
