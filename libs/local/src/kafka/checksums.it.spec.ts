import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { projectRoot } from '../project-root';
import { parseChecksums, verifyChecksums } from './checksums';
import { ensureJars } from './jars';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('the checksums of what was fetched', () => {
  let folder: string;
  const expected = parseChecksums(`# a comment\n\n${sha256('a')}  a.jar\n${sha256('b')} *b.jar\n`);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jimo-checksums-'));
    for (const name of ['a', 'b']) writeFileSync(join(folder, `${name}.jar`), name);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('hold for files that are the same', async () => {
    await expect(verifyChecksums(folder, expected)).resolves.toBeUndefined();
  });

  it.each<[string, () => void, RegExp]>([
    ['that is another one', () => writeFileSync(join(folder, 'b.jar'), 'c'), /^b\.jar is not the file/],
    ['that is cut short', () => writeFileSync(join(folder, 'a.jar'), ''), /^a\.jar is not the file/],
    ['that is missing', () => rmSync(join(folder, 'a.jar')), /^a\.jar is missing$/],
    ['that nobody listed', () => writeFileSync(join(folder, 'c.jar'), 'c'), /^c\.jar is not expected$/],
  ])('name a file %s', async (_what, change, said) => {
    change();
    await expect(verifyChecksums(folder, expected)).rejects.toThrow(said);
  });

  it('refuse a list that cannot be read', () => {
    expect(() => parseChecksums('abc  a.jar')).toThrow('no line of checksums: abc  a.jar');
  });

  it('are those of the jars that Kafka runs with here', async () => {
    const list = readFileSync(join(projectRoot(), 'libs/local/kafka.jars.sha256'), 'utf8');
    await verifyChecksums(await ensureJars(), parseChecksums(list));
  });
});
