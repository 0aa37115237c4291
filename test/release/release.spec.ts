import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const ROOT = join(__dirname, '../..');
jest.setTimeout(300_000);

const isClone = spawnSync('git', ['-C', ROOT, 'rev-parse', 'HEAD']).status === 0;
if (!isClone) process.stderr.write('the release is not tried: this is no checkout of git\n');

(isClone ? describe : describe.skip)('a release, made in a clone', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'jimo-release-'));
    execFileSync('git', ['clone', '--quiet', ROOT, folder]);
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    appendFileSync(join(folder, '.git/info/exclude'), 'node_modules\n');
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const who = {
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@b.c',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@b.c',
  };
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...who } }).trim();

  function release(...args: string[]): { readonly status: number | null; readonly said: string } {
    const PATH = [join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
    const options = ['--without-tests', '--without-image'];
    const { status, stdout, stderr } = spawnSync('node', ['tools/release.mjs', ...args, ...options], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...who, PATH },
    });
    return { status, said: stdout + stderr };
  }

  const text = (path: string): string => readFileSync(join(folder, path), 'utf8');
  const versionOf = (path: string): string => (JSON.parse(text(path)) as { version: string }).version;

  it('has one version everywhere, a tag, and what goes out with its digests', () => {
    const { status, said } = release('7.0.0');
    if (status !== 0) throw new Error(said);
    const files = [
      'package.json',
      'package-lock.json',
      'libs/catalog/package.json',
      'libs/client/package.json',
    ];
    expect([...files, 'contracts/released.json'].map(versionOf)).toEqual(Array(5).fill('7.0.0'));
    expect(text('contracts/asyncapi.json')).toContain('"version": "7.0.0"');
    expect(text('CHANGELOG.md')).toMatch(/^## Unreleased\n\n## 7\.0\.0 - \d{4}-\d\d-\d\d\n\n### /m);
    expect(git('describe', '--exact-match')).toBe('v7.0.0');
    expect(git('status', '--porcelain')).toBe('');

    const out = join(folder, 'release/v7.0.0');
    const sums = readFileSync(join(out, 'SHA256SUMS'), 'utf8').trim().split('\n');
    const listed = sums.map((line) => line.split('  ') as [sum: string, name: string]);
    for (const [sum, name] of listed)
      expect([
        name,
        createHash('sha256')
          .update(readFileSync(join(out, name)))
          .digest('hex'),
      ]).toEqual([name, sum]);
    expect([...listed.map(([, name]) => name), 'SHA256SUMS'].sort()).toEqual(readdirSync(out).sort());
    expect(listed.map(([, name]) => name)).toEqual([
      'jimo-webhooks-catalog-7.0.0.tgz',
      'jimo-webhooks-client-7.0.0.tgz',
      'sbom-with-development.cdx.json',
      'sbom.cdx.json',
    ]);
    const bill = JSON.parse(readFileSync(join(out, 'sbom.cdx.json'), 'utf8')) as {
      bomFormat: string;
      metadata: { component: { version: string } };
      components: { name: string; version: string }[];
    };
    expect([bill.bomFormat, bill.metadata.component.version]).toEqual(['CycloneDX', '7.0.0']);
    const names = bill.components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['kafkajs', 'pg', 'fastify']));
    expect(names).not.toContain('jest');
  });

  it('is refused with nothing to tell of, of a version that there is, or with changes that are not committed', () => {
    expect(release('7.0.0')).toMatchObject({
      status: 1,
      said: expect.stringContaining('tag v7.0.0') as unknown,
    });
    expect(release('patch')).toMatchObject({
      status: 1,
      said: expect.stringContaining('Unreleased') as unknown,
    });
    expect(release('sometime')).toMatchObject({
      status: 1,
      said: expect.stringContaining('major') as unknown,
    });
    writeFileSync(join(folder, 'LICENSE'), 'mine');
    expect(release('patch')).toMatchObject({ status: 1, said: expect.stringContaining('commit') as unknown });
    git('checkout', '--quiet', '.');
  });

  it('is refused when it breaks the contract of the one before, unless its version says so', () => {
    const file = join(folder, 'libs/catalog/src/objects.ts');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('@Usually(TEXT) readonly email?', '@IsUid() readonly email?'),
    );
    const changelog = text('CHANGELOG.md').replace(
      '## Unreleased\n',
      '## Unreleased\n\n### Changed\n\n- An email.\n',
    );
    writeFileSync(join(folder, 'CHANGELOG.md'), changelog.replaceAll('\n\n\n', '\n\n'));
    git('commit', '--quiet', '--all', '--message', 'a user must have an email');
    const refused = release('minor');
    expect(refused).toMatchObject({ status: 1, said: expect.stringContaining('user.email') as unknown });
    expect(git('tag')).toBe('v7.0.0');
  });
});
