import { createHash } from 'node:crypto';
import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Checksums by file name, from the output of `sha256sum`; lines that begin with `#` are comments. */
export function parseChecksums(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, hash, name] = /^([0-9a-f]{64}) [ *](\S+)$/.exec(line) ?? [];
      if (hash === undefined || name === undefined) throw new Error(`no line of checksums: ${line}`);
      return [name, hash];
    }),
  );
}

/**
 * Verifies that a folder contains exactly the listed files, unchanged.
 * @throws naming each file that differs, is missing, or is not listed
 */
export async function verifyChecksums(folder: string, expected: ReadonlyMap<string, string>): Promise<void> {
  const found = readdirSync(folder);
  const missing = [...expected.keys()].filter((name) => !found.includes(name));
  const problems = missing.map((name) => `${name} is missing`);
  for (const name of found) {
    const hash = expected.get(name);
    if (hash === undefined) problems.push(`${name} is not expected`);
    else if ((await sha256(join(folder, name))) !== hash)
      problems.push(`${name} is not the file that it was`);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
