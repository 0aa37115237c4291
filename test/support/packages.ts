import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const MODULES = join(ROOT, 'node_modules');

/** An empty project of somebody else's, into which a package of ours is installed as it would be published. */
export class ForeignProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'jimo-package-'));

  /** @param lib the folder of the package in `libs` */
  constructor(lib: string) {
    const source = join(ROOT, 'libs', lib);
    const { name, dependencies } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as {
      name: string;
      dependencies: Record<string, string>;
    };
    const own = join(this.folder, 'node_modules', name);
    mkdirSync(own, { recursive: true });
    // What it needs is what is tested with here.
    for (const dependency of Object.keys(dependencies)) this.link(dependency);
    const packed = join(this.folder, 'packed');
    mkdirSync(packed);
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts=false', '--pack-destination', packed], {
      cwd: source,
    });
    execFileSync('tar', ['xzf', join(packed, readdirSync(packed)[0]!), '-C', own, '--strip-components=1']);
  }

  /** Type-checks a file of the project as strictly as may be. */
  typeCheck(file: string, code: string, ...options: readonly string[]): void {
    writeFileSync(join(this.folder, file), code);
    const strict = [
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--target',
      'es2022',
      '--module',
      'nodenext',
    ];
    const tsc = join(MODULES, 'typescript/bin/tsc');
    execFileSync(process.execPath, [tsc, ...strict, ...options, join(this.folder, file)], {
      cwd: this.folder,
      stdio: 'pipe',
    });
  }

  /** What a program prints. */
  run(type: 'commonjs' | 'module', code: string): string {
    const args = [`--input-type=${type}`, '-e', code];
    return execFileSync(process.execPath, args, { cwd: this.folder, encoding: 'utf8' });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private link(dependency: string): void {
    const link = join(this.folder, 'node_modules', dependency);
    mkdirSync(join(link, '..'), { recursive: true });
    symlinkSync(join(MODULES, dependency), link);
  }
}
