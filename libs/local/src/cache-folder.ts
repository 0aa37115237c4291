import {
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  renameSync,
  rmSync,
  existsSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

import { identityOf } from './process/identity';
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
export async function builtOnce(folder: string, build: (into: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const release = await lock(`${folder}.lock`);
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
    release();
  }
}

async function lock(file: string): Promise<() => void> {
  await until(
    `the lock ${file} of another start`,
    () => {
      try {
        const handle = openSync(file, 'wx');
        writeSync(handle, identityOf(process.pid) ?? String(process.pid));
        closeSync(handle);
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const owner = readFileSync(file, 'utf8');
      if (owner !== '' && identityOf(Number.parseInt(owner, 10)) !== owner) rmSync(file, { force: true });
      return false;
    },
    { deadlineMs: 900_000, everyMs: 200 },
  );
  return () => rmSync(file, { force: true });
}
