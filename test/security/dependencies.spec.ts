import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

interface Entry {
  integrity?: string;
  resolved?: string;
  license?: string;
  deprecated?: string;
  engines?: { node: string };
  peerDependencies?: Record<string, string>;
}

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly workspaces: readonly string[];
}

/** What the check says of this project, or of one that differs from it. */
function check(change: (lock: Record<string, Entry>, manifest: Manifest) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'jimo-lock-'));
  try {
    const parsed = (name: string): unknown => JSON.parse(readFileSync(join(ROOT, name), 'utf8'));
    const lock = parsed('package-lock.json') as { packages: Record<string, Entry> };
    const manifest = parsed('package.json') as Manifest;
    for (const workspace of manifest.workspaces)
      cpSync(join(ROOT, workspace, 'package.json'), join(folder, workspace, 'package.json'));
    change(lock.packages, manifest);
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lock));
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(__dirname, 'dependencies.mjs'), '--lock-only'],
      {
        env: { ...process.env, PROJECT_DIR: folder },
        encoding: 'utf8',
      },
    );
    return { status, stdout };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const PG = 'node_modules/pg';

describe('the check of what is installed', () => {
  it('finds nothing wrong with what this project installs', () => {
    expect(check(() => undefined)).toEqual({ status: 0, stdout: 'package-lock.json: nothing is wrong\n' });
  });

  it.each<[string, Entry, RegExp]>([
    [
      'a licence that asks for more than we give',
      { license: 'AGPL-3.0-only' },
      /^pg@.* licence .*in production/,
    ],
    ['no licence', { license: '' }, /^pg@.* licence/],
    ['a choice of licences none of which is allowed', { license: '(GPL-3.0 OR AGPL-3.0)' }, /^pg@.* licence/],
    ['two licences one of which is not allowed', { license: 'MIT AND GPL-3.0' }, /^pg@.* licence/],
    ['no integrity', { integrity: '' }, /^pg@.* no SHA-512/],
    ['a weak integrity', { integrity: 'sha1-AAAA' }, /^pg@.* no SHA-512/],
    ['one registry', { resolved: 'https://registry.example/pg.tgz' }, /^pg@.* tied to one registry/],
    ['no registry at all', { resolved: 'git+ssh://git@host/pg.git' }, /^pg@.* tied to one registry/],
    [
      'a Node that is not the installed one',
      { engines: { node: '>=99' } },
      /^pg@.* does not run with Node 24\.\d+\.\d+.*>=99/,
    ],
    ['a peer that is missing', { peerDependencies: { nobody: '1' } }, /^pg@.* needs nobody 1 .*missing/],
    [
      'a peer of another version',
      { peerDependencies: { uuid: '1' } },
      /^pg@.* needs uuid 1 beside it \(14\./,
    ],
    ['its being deprecated', { deprecated: 'use another' }, /^pg@.* deprecated: use another/],
  ])('names a package by %s', (_what, entry, said) => {
    const { status, stdout } = check((packages) => Object.assign(packages[PG]!, entry));
    expect([status, stdout]).toEqual([1, expect.stringMatching(said)]);
  });

  it('allows a choice of licences one of which is allowed', () => {
    expect(check((packages) => Object.assign(packages[PG]!, { license: '(GPL-3.0 OR MIT)' })).status).toBe(0);
  });

  it('names a version that is not exact', () => {
    const { status, stdout } = check((_packages, { dependencies }) => (dependencies['pg'] = '^8.0.0'));
    expect([status, stdout]).toEqual([1, expect.stringContaining('pg is not pinned (^8.0.0)')]);
  });

  it('says nothing at an installation of a Node that is not used', () => {
    const folder = mkdtempSync(join(tmpdir(), 'jimo-engines-'));
    try {
      const [project, other] = [join(folder, 'project'), join(folder, 'other')];
      for (const each of [project, other]) mkdirSync(each);
      const manifest = { name: 'other', version: '1.0.0', engines: { node: '>=99' } };
      writeFileSync(join(other, 'package.json'), JSON.stringify(manifest));
      writeFileSync(join(project, 'package.json'), '{}');
      copyFileSync(join(ROOT, '.npmrc'), join(project, '.npmrc'));
      const npm = (cwd: string, ...args: string[]) =>
        spawnSync('npm', args, { cwd, encoding: 'utf8', env: npmEnvironment() });
      expect(npm(other, 'pack').status).toBe(0);
      const { status, stderr } = npm(project, 'install', '--offline', join(other, 'other-1.0.0.tgz'));
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(existsSync(join(project, 'node_modules/other/package.json'))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Without what the npm that runs the tests tells its scripts: settings among them. */
const npmEnvironment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
