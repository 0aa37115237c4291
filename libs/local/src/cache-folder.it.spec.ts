import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { builtOnce } from './cache-folder';
import { identityOf } from './process/identity';
import { tryLock } from './process/lock';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a folder that is built once', () => {
  it('is built by one of those who ask at the same time, and seen by all', async () => {
    let builds = 0;
    const wanted = join(folder, 'jars');
    const build = async (into: string) => {
      builds += 1;
      writeFileSync(join(into, 'a.jar'), 'a');
      await pause(300);
      expect(existsSync(wanted)).toBe(false);
    };
    await Promise.all([1, 2, 3].map(() => builtOnce(wanted, build)));
    expect(builds).toBe(1);
    expect(readdirSync(wanted)).toEqual(['a.jar']);
    expect(readdirSync(folder)).toEqual(['jars']);
  });

  it('is not there, not even in part, when its building failed', async () => {
    const wanted = join(folder, 'jars');
    const build = async (into: string) => {
      writeFileSync(join(into, 'half.jar'), '');
      throw new Error('no network');
    };
    await expect(builtOnce(wanted, build)).rejects.toThrow('no network');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a lock', () => {
  it('is held against others until it is released', () => {
    const file = join(folder, 'lock');
    const first = tryLock(file);
    expect(tryLock(file)).toEqual({ lock: 'held', pid: process.pid });
    if (first.lock === 'taken') first.release();
    expect(tryLock(file)).toMatchObject({ lock: 'taken' });
  });

  it('is taken over from a process that is gone, whoever has its pid by now', () => {
    const file = join(folder, 'lock');
    writeFileSync(file, `${process.pid}@long ago`);
    expect(tryLock(file)).toMatchObject({ lock: 'taken' });
    expect(readFileSync(file, 'utf8')).toBe(identityOf(process.pid));
  });
});
