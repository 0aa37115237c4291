import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

const USER = `
import { answered, items, readApi, ReadApiProblem } from '@jimo-webhooks/client';
const api = readApi({ baseUrl: 'http://127.0.0.1:1', token: 'x' });
export async function first(): Promise<string | null> {
  const ask = (next: { cursor?: string }) => api.GET('/v1/jimers', { params: { query: { q: 'sam', ...next } } });
  for await (const jimer of items(ask)) return jimer.username;
  // @ts-expect-error a parameter that there is not
  await answered(api.GET('/v1/jimers', { params: { query: { nonsense: 1 } } }));
  return new ReadApiProblem({ type: '', title: '', status: 1 }, new Response()).kind;
}
`;

describe('the client package', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'jimo-client-'));
    const modules = join(folder, 'node_modules');
    const own = join(modules, '@jimo-webhooks/client');
    mkdirSync(own, { recursive: true });
    for (const name of ['openapi-fetch', 'openapi-typescript-helpers'])
      symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], {
      cwd: join(ROOT, 'libs/client'),
    });
    const packed = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
    execFileSync('tar', ['xzf', join(folder, packed), '-C', own, '--strip-components=1']);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is typed for those who install it', () => {
    const file = join(folder, 'user.ts');
    writeFileSync(file, USER);
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const options = '--noEmit --strict --exactOptionalPropertyTypes --target es2022 --module nodenext'.split(
      ' ',
    );
    const lib = ['--lib', 'es2023,dom,dom.asynciterable'];
    execFileSync(process.execPath, [tsc, ...options, ...lib, file], { cwd: folder, stdio: 'pipe' });
  });

  it('can be required and imported', () => {
    const say = 'console.log(typeof readApi)';
    for (const [type, code] of [
      ['commonjs', `const { readApi } = require('@jimo-webhooks/client'); ${say}`],
      ['module', `import { readApi } from '@jimo-webhooks/client'; ${say}`],
    ] as const) {
      const args = [`--input-type=${type}`, '-e', code];
      expect(execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })).toBe('function\n');
    }
  });
});
