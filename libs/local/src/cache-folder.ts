import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

import { tryLock } from './process/lock';
import { until } from './wait';

/** Where downloads are kept between checkouts: XDG_CACHE_HOME, or the platform's usual folder. */
export function cacheFolder(): string {
  const home = homedir();
  const base =
    process.env['XDG_CACHE_HOME'] ?? join(home, process.platform === 'darwin' ? 'Library/Caches' : '.cache');
  return join(base, 'jimo-webhooks');
}

/**
 * Makes sure that `folder` exists with everything that `build` puts into it; built once per machine, whoever
 * asks at the same time. The folder appears whole (it is renamed into place) or not at all.
 *
 * The lock only saves a second download: if it is ever broken, the rename still lets one builder win.
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
