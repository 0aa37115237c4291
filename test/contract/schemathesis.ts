import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
/** Where `.ci/run` installs it. */
const COMMAND = join(ROOT, '.cache/schemathesis/bin/schemathesis');
/** Longer than a run takes on a machine that has more to do. */
const DEADLINE_MS = 240_000;

/** What is missing on this machine, and how to get it; undefined when it can run. */
export function whyNoSchemathesis(): string | undefined {
  const how =
    'python3 -m venv .cache/schemathesis && .cache/schemathesis/bin/pip install -r test/contract/requirements.txt';
  if (!existsSync(COMMAND)) return `there is no .cache/schemathesis: "${how}" (with Python 3.10 or newer)`;
  const { status, error } = spawnSync(COMMAND, ['--version']);
  if (status === 0) return undefined;
  return `.cache/schemathesis does not run (${error?.message ?? `exit code ${status}`}): remove it, then "${how}"`;
}

export interface ContractRun {
  readonly url: string;
  readonly token: string;
  /** Test cases per operation. */
  readonly examples: number;
  /** Further options of `schemathesis run`: which operations. */
  readonly options: readonly string[];
}

/** Tries the read API; gives the exit code and what was printed. */
export async function schemathesis(
  run: ContractRun,
): Promise<{ readonly code: number; readonly output: string }> {
  const { url, token, examples, options } = run;
  const child = spawn(
    COMMAND,
    [
      '--config-file',
      join(__dirname, 'schemathesis.toml'),
      'run',
      join(ROOT, 'apps/read-api/openapi.json'),
      ...['--url', url, '--header', `Authorization: Bearer ${token}`],
      ...['--max-examples', String(examples), '--no-color', '--warnings', 'off'],
      ...options,
    ],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], timeout: DEADLINE_MS },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (output += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code: code ?? -1, output };
}
