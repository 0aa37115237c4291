import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '..', '..');

interface Run {
  readonly contestant: string;
  readonly perSecond: number;
  readonly rows: string;
}

describe('the bench', () => {
  const results = mkdtempSync(join(tmpdir(), 'jimo-bench-spec-'));
  afterAll(() => rmSync(results, { recursive: true, force: true }));

  it('finds that the floor and the shipped projector end with the rows of the workload', async () => {
    const main = join(ROOT, 'dist/bench/main.js');
    // Enough that a bench which gets little of a busy machine still sees how it goes on.
    const args = ['--events', '60000', '--rounds', '1', '--only', 'floor,ours', '--results', results];
    const { stdout } = await promisify(execFile)(process.execPath, [main, ...args], { cwd: ROOT });
    expect(stdout).toContain('| contestant | per second | ratio to the floor |');
    const file = readdirSync(results).find((name) => name.endsWith('.json'))!;
    const { figures } = JSON.parse(readFileSync(join(results, file), 'utf8')) as { figures: Run[] };
    expect(figures.map(({ contestant, rows }) => [contestant, rows])).toEqual([
      ['floor', 'same'],
      ['ours', 'same'],
    ]);
    for (const { perSecond } of figures) expect(perSecond).toBeGreaterThan(100);
  });
});
