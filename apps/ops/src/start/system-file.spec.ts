import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readSystemFile, type SystemFile, SystemFileKeeper } from './system-file';

const system = (restarts: number): SystemFile => ({
  state: 'ready',
  supervisor: { pid: 1, identity: '1@1' },
  startedAt: '2026-01-01T00:00:00.000Z',
  tokens: { webhook: {}, read: {} },
  samples: {},
  parts: { gateway: { restarts } },
});

describe('the file of a running system', () => {
  let folder: string;
  let said: string[];
  let keeper: SystemFileKeeper;
  const restarts = () => readSystemFile(folder)?.parts['gateway']?.restarts;

  beforeEach(() => {
    jest.useFakeTimers();
    folder = mkdtempSync(join(tmpdir(), 'jimo-system-file-'));
    said = [];
    keeper = new SystemFileKeeper(folder, (reason) => said.push(reason));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    jest.useRealTimers();
  });

  it('is readable by its owner alone', () => {
    keeper.save(system(0));
    expect(statSync(join(folder, 'system.json')).mode & 0o077).toBe(0);
  });

  it.each<[string, () => void, () => void]>([
    [
      'the disk is full',
      () => symlinkSync('/dev/full', join(folder, 'system.json.new')),
      () => rmSync(join(folder, 'system.json.new')),
    ],
    ['the folder is gone', () => rmSync(folder, { recursive: true }), () => mkdirSync(folder)],
  ])('is written when it can be again after %s, as it is then, and says so once', (_what, fail, mend) => {
    fail();
    for (const restart of [1, 2, 3]) keeper.save(system(restart));
    jest.advanceTimersByTime(5_000);
    expect(restarts()).toBeUndefined();
    mend();
    jest.advanceTimersByTime(1_000);
    expect(restarts()).toBe(3);
    expect(said).toHaveLength(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('stays away once it was removed', () => {
    rmSync(folder, { recursive: true });
    keeper.save(system(1));
    mkdirSync(folder);
    keeper.remove();
    jest.advanceTimersByTime(5_000);
    expect(restarts()).toBeUndefined();
  });
});
