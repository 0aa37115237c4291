import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const ROOT = join(__dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Starts a script far enough to see that it works: what is put behind it, and what it says then. */
const STARTED: Readonly<Record<string, readonly [args: readonly string[], says: RegExp]>> = {
  ops: [['--help'], /^Usage: ops/],
  demo: [['--help'], /^Usage: ops demo/],
  status: [['--help'], /^Usage: ops status/],
  verify: [['--help'], /^Usage: ops verify/],
  jest: [['--version'], /^\d+\./],
  'test:unit': [['--listTests'], /libs\/engine\/src\/model\.spec\.ts/],
  'test:integration': [['--listTests'], /postgres-store\.it\.spec\.ts/],
  chaos: [['--list'], /test\/chaos\/chaos\.spec\.ts/],
  figures: [['none'], /There are: gateway/],
  release: [['none'], /say which version/],
};

/** Scripts that another check runs. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  build: 'every system spec runs what it makes',
  'build:console': 'test/console runs what it makes',
  postinstall: 'below',
  start: 'test/local/start.spec.ts',
  bench: 'test/bench',
  sbom: 'test/release',
  test: 'is running',
  'test:all': 'is running',
  'test:system': 'is running',
  system: 'is running',
  typecheck: 'npm test',
  lint: 'npm test',
  'lint:openapi': 'npm run lint',
  'check:dependencies': '.ci/run, and test/security for its part of the lock file',
  contracts: 'libs/contracts compares what it writes',
  'contracts:check': 'test/release',
  openapi: 'apps/read-api compares what it writes',
  format: 'npm run lint compares what it writes',
  'console:screenshots': 'draws pictures for the documentation, and needs a running system with a browser',
  'image:check': 'needs Docker and minutes; documented as no part of the tests',
};

/** The last of a script's commands: those before it build. */
const lastOf = (script: string): string => scripts[script]!.split('&&').at(-1)!.trim();

function run(script: string, args: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    PATH: `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env['PATH']}`,
    TEST_RESULTS: '',
  };
  const command = lastOf(script);
  // npm hands over what stands behind `--`.
  const whole = `${command}${/^npm run/.test(command) && !command.includes(' -- ') ? ' --' : ''} ${args.join(' ')}`;
  return new Promise((resolve) => {
    execFile('/bin/sh', ['-c', whole], { cwd: ROOT, env }, (_error, stdout, stderr) =>
      resolve(stdout || stderr),
    );
  });
}

describe('the scripts of package.json', () => {
  it('are each started by a check', () => {
    expect(Object.keys(scripts).sort()).toEqual([...Object.keys(STARTED), ...Object.keys(ELSEWHERE)].sort());
  });

  it.each(Object.entries(STARTED))('%s works', async (script, [args, says]) => {
    expect(await run(script, args)).toMatch(says);
  });

  it('links the Node of the project after an installation by npm 10, which leaves it without', () => {
    const folder = mkdtempSync(join(tmpdir(), 'link-'));
    try {
      const bin = join(folder, `node_modules/node-linux-${process.arch}/bin`);
      for (const each of [bin, join(folder, 'node_modules/.bin'), join(folder, 'tools')])
        mkdirSync(each, { recursive: true });
      writeFileSync(join(bin, 'node'), '');
      cpSync(join(ROOT, 'tools/link-node.mjs'), join(folder, 'tools/link-node.mjs'));
      // What is there already stays.
      for (let time = 0; time < 2; time++) {
        execFileSync(process.execPath, [join(folder, 'tools/link-node.mjs')]);
        expect(readlinkSync(join(folder, 'node_modules/.bin/node'))).toBe(
          `../node-linux-${process.arch}/bin/node`,
        );
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
