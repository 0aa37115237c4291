import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const NAMED = /`([^`]+\.spec\.ts)` › (.+?)(?=, `|\s*$)/g;

const rows = readFileSync(join(ROOT, 'docs/security.md'), 'utf8')
  .split('\n## Threat model\n')[1]!
  .split('\n## ')[0]!
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
const tests = rows.flatMap(([, , cell]) =>
  [...cell!.matchAll(NAMED)].map(([, file, name]) => [file!, name!] as const),
);

describe('the threat model', () => {
  it('has a mitigation and a test for each threat', () => {
    expect(rows.length).toBeGreaterThan(20);
    for (const [threat, mitigation, covered] of rows) {
      expect([threat, mitigation]).not.toContain('');
      expect([threat, covered]).toEqual([threat, expect.stringMatching(NAMED)]);
    }
  });

  it.each(tests)('names tests that there are: %s › %s', (file, name) => {
    expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
    const source = readFileSync(join(ROOT, file), 'utf8');
    const title = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll("'", "\\\\?'");
    expect([
      name,
      new RegExp(`(?:it|each|\\])\\(\\s*\\(?['"\`]${title}['"\`]|\\)\\(\\s*['"\`]${title}['"\`]`).test(
        source,
      ),
    ]).toEqual([name, true]);
  });
});
