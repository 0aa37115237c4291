import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { LogFile } from './log-file';

const LIMIT = 32 * 1024 * 1024;

describe('a log file', () => {
  let folder: string;
  let path: string;
  let now = 0;
  const log = () => new LogFile(path, () => now);
  const lines = () => readFileSync(path, 'utf8').trimEnd().split('\n');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jimo-log-'));
    path = join(folder, 'part.log');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keeps lines, goes on where it ended, and is readable by its owner alone', () => {
    log().line('one');
    log().line('two');
    expect(lines()).toEqual(['one', 'two']);
    expect(statSync(path).mode & 0o077).toBe(0);
  });

  it.each<[string, () => void, () => void]>([
    ['a full disk', () => symlinkSync('/dev/full', path), () => rmSync(path)],
    ['a folder that is gone', () => rmSync(folder, { recursive: true }), () => mkdirSync(folder)],
    ['a file that cannot be written', () => mkdirSync(path), () => rmSync(path, { recursive: true })],
  ])('does without %s, and says afterwards how much is missing', (_what, fail, mend) => {
    const file = log();
    fail();
    for (const text of ['one', 'two', 'three']) file.line(text);
    mend();
    file.line('four, before the next try');
    now += 1_000;
    file.line('five');
    expect(lines()).toEqual([expect.stringMatching(/^\(4 lines were not written: E[A-Z]+\)$/), 'five']);
  });

  it('starts a new file before one gets beyond its limit, and keeps one before it', () => {
    const file = log();
    const quarter = 'x'.repeat(LIMIT / 4 - 1);
    for (let i = 0; i < 9; i++) file.line(quarter);
    expect(readdirSync(folder).sort()).toEqual(['part.log', 'part.log.1']);
    expect(statSync(`${path}.1`).size).toBe(LIMIT);
    expect(statSync(path).size).toBe(LIMIT / 4);
  });
});
