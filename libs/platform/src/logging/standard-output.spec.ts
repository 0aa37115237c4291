import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createLogger } from './logger';
import { standardOutput } from './standard-output';

describe('the log on standard output', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'jimo-output-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('writes every line', () => {
    const file = join(folder, 'log');
    const descriptor = openSync(file, 'a');
    const logger = createLogger('test', 'info', standardOutput(descriptor));
    for (let i = 0; i < 3; i++) logger.info({ i }, 'x'.repeat(100_000));
    closeSync(descriptor);
    expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(3);
  });

  it('loses lines on a full disk, and neither throws nor blocks the app, not even for its last line', () => {
    const descriptor = openSync('/dev/full', 'a');
    const logger = createLogger('test', 'info', standardOutput(descriptor));
    for (let i = 0; i < 10_000; i++) logger.error('there is no room');
    logger.fatal('the end');
    closeSync(descriptor);
  });

  it('loses lines when there is no output', () => {
    const descriptor = openSync('/dev/null', 'a');
    closeSync(descriptor);
    createLogger('test', 'info', standardOutput(descriptor)).fatal('nobody reads this');
  });
});
