import { mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { errorText } from './error-text';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('an error at a terminal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'words-'));
  afterAll(() => rmdirSync(folder));

  it('is in words when the operating system refuses a file', () => {
    const missing = join(folder, 'missing');
    expect(errorText(thrownBy(() => readFileSync(missing)))).toBe(`${missing} does not exist`);
    expect(errorText(thrownBy(() => writeFileSync(folder, '')))).toBe(`${folder} is a folder, not a file`);
  });

  it('is in words when nobody listens, by socket and by fetch', async () => {
    const error = await new Promise((resolve) => createConnection(1, '127.0.0.1').once('error', resolve));
    const words = 'nothing listens at 127.0.0.1:1: is it running, and is the address right?';
    expect(errorText(error)).toBe(words);
    expect(errorText(new TypeError('fetch failed', { cause: error }))).toBe(words);
    expect(errorText(new AggregateError([error, error]))).toBe(words);
  });

  it('is its message where there are no better words', () => {
    expect(errorText(new Error('no such thing'))).toBe('no such thing');
    expect(errorText(Object.assign(new Error('odd'), { code: 'ENOENT' }))).toBe('odd');
    expect(errorText('in words')).toBe('in words');
  });
});
