import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '../..');

/** Whether git can tell which files belong to the project. */
export const isCheckout = spawnSync('git', ['-C', ROOT, 'rev-parse', 'HEAD']).status === 0;

export interface Finished {
  readonly code: number;
  readonly output: string;
}

/** The files of this checkout in a temporary folder, with its packages linked. */
export class ProjectCopy {
  readonly root = mkdtempSync(join(tmpdir(), 'jimo-declared-once-'));

  constructor() {
    const listed = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    const files = execFileSync('git', listed, { cwd: ROOT, encoding: 'utf8' }).split('\0');
    const wanted = files.filter((each) => each !== '' && !each.includes('node_modules'));
    for (const file of new Set(wanted))
      // A tracked file may have been removed.
      if (existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(this.root, file));
    symlinkSync(join(ROOT, 'node_modules'), join(this.root, 'node_modules'));
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  json<T>(path: string): T {
    return JSON.parse(this.read(path)) as T;
  }

  edit(path: string, change: (text: string) => string): void {
    writeFileSync(join(this.root, path), change(this.read(path)));
  }

  /** Runs a command line in a shell of the copy. */
  async run(command: string): Promise<Finished> {
    const { PATH, HOME } = process.env;
    const env = { HOME, PATH: [join(ROOT, 'node_modules/.bin'), PATH].join(delimiter) };
    const options = { cwd: this.root, env, maxBuffer: 64 * 1024 * 1024 };
    try {
      const { stdout, stderr } = await promisify(execFile)('sh', ['-c', command], options);
      return { code: 0, output: stdout + stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, output: stdout + stderr };
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The edits and commands of a section of a page, in the form of docs/development.md. */
export interface Recipe {
  readonly edits: readonly { readonly kind: string; readonly path: string; readonly code: string }[];
  readonly commands: readonly string[];
}

export function recipeIn(page: string, title: string): Recipe {
  const section = page.split(/^## /m).find((each) => each.startsWith(`${title}\n`));
  if (section === undefined) throw new Error(`there is no section ${title}`);
  return {
    edits: [...section.matchAll(/<!-- (new file|change): (\S+) -->\n\n```\w+\n([\s\S]*?\n)```/g)].map(
      ([, kind, path, code]) => ({ kind: kind!, path: path!, code: code! }),
    ),
    commands: [...section.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/^ {4}(\S.*)$/gm)].map(
      ([, command]) => command!,
    ),
  };
}

/** Does what the recipe's blocks say: a new file, or lines that are added after others (`diff`). */
export function follow(copy: ProjectCopy, { edits }: Recipe): void {
  for (const { kind, path, code } of edits)
    if (kind === 'new file') writeFileSync(join(copy.root, path), code);
    else copy.edit(path, (text) => patched(text, code));
}

function patched(text: string, diff: string): string {
  const lines = text.split('\n');
  let at = -1;
  for (const line of diff.trimEnd().split('\n'))
    if (line.startsWith('+')) lines.splice(++at, 0, line.slice(1));
    else {
      at = lines.indexOf(line.slice(1));
      if (at < 0) throw new Error(`there is no line "${line.slice(1)}"`);
    }
  return lines.join('\n');
}
