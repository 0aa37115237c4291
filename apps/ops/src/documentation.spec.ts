import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { projectRoot } from '@app/local';
import { Command } from 'commander';

import { run } from './cli';

const ROOT = projectRoot();
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const PAGES = ['README.md', ...globSync('docs/*.md', { cwd: ROOT })];
const text = new Map(PAGES.map((page) => [page, read(page)]));

/** What a page shows as something to type: blocks, and words in backquotes. */
function shownIn(page: string): string[] {
  const markdown = text.get(page)!;
  const blocks = [...markdown.matchAll(/^(?: {4}|\t)(?=\S).*$/gm)].map(([line]) => line.trim());
  const fences = [...markdown.matchAll(/^```[^\n]*\n([\s\S]*?)^```/gm)].flatMap(([, body]) =>
    body!.split('\n'),
  );
  const inline = [...markdown.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);
  return [...blocks, ...fences, ...inline];
}

/** The command line's commands, as `name` or `name subcommand`. */
async function commands(): Promise<Map<string, Command>> {
  const parse = jest.spyOn(Command.prototype, 'parseAsync').mockImplementation((): Promise<never> => {
    return Promise.resolve(undefined as never);
  });
  await run([]);
  const program = parse.mock.contexts[0] as Command;
  parse.mockRestore();
  const found = new Map<string, Command>();
  const collect = (command: Command, before: string) => {
    for (const each of command.commands) {
      const name = `${before}${each.name()}`;
      found.set(name, each);
      collect(each, `${name} `);
    }
  };
  collect(program, '');
  return found;
}

describe('README and docs', () => {
  it('name npm scripts that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const known = new Set([...Object.keys(scripts), 'install', 'ci', 'run']);
    const named = PAGES.flatMap((page) =>
      shownIn(page).flatMap((line) =>
        [...line.matchAll(/\bnpm (?:run (?:--silent )?([\w:-]+)|(start|test)\b)/g)].map(
          ([, script, short]) => [page, script ?? short!] as const,
        ),
      ),
    );
    expect(named.length).toBeGreaterThan(30);
    // The examples have a package.json of their own.
    expect(named.filter(([, script]) => !known.has(script))).toEqual([]);
  });

  it('name commands, and options of theirs, that there are', async () => {
    const known = await commands();
    const wrong: string[] = [];
    let named = 0;
    for (const page of PAGES)
      for (const line of shownIn(page))
        for (const [, rest] of line.matchAll(
          /(?:npm run (?:--silent )?ops --|\bops(?= [a-z]))((?: [^\s#;|)]+)+)/g,
        )) {
          const words = rest!.trim().split(' ');
          const name = [words.slice(0, 2).join(' '), words[0]!].find((each) => known.has(each));
          if (name === undefined) {
            // "ops" is a word of its own where no command follows it.
            if (/^[a-z]+(-[a-z]+)*$/.test(words[0]!)) wrong.push(`${page}: ops ${rest!.trim()}`);
            continue;
          }
          named++;
          const options = new Set(['--help', ...known.get(name)!.options.map(({ long }) => long)]);
          for (const option of words.filter((word) => /^--[a-z]/.test(word)))
            if (!options.has(option.split('=')[0])) wrong.push(`${page}: ops ${name} ${option}`);
        }
    expect(wrong).toEqual([]);
    expect(named).toBeGreaterThan(20);
  });

  it('lead to files and sections that there are', () => {
    const wrong: string[] = [];
    for (const page of PAGES)
      for (const [, target] of text.get(page)!.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)) {
        const [file, section] = target!.split('#');
        const path = file === '' ? page : join(dirname(page), file!);
        if (!existsSync(join(ROOT, path))) wrong.push(`${page}: ${target}`);
        else if (section !== undefined && !anchors(read(path)).includes(section))
          wrong.push(`${page}: ${target}`);
      }
    expect(wrong).toEqual([]);
  });
});

/** As GitHub makes them of headings. */
const anchors = (markdown: string): string[] =>
  [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('the table of settings', () => {
  const page = text.get('docs/settings.md')!;
  const rows = [...page.matchAll(/^\| `([A-Z][A-Z0-9_]+)` +\|([^|]*)\|([^|]*)\|([^|]*)\|$/gm)];
  const documented = new Map(
    rows.map(([, name, meaning, initial]) => [name!, { meaning: meaning!.trim(), initial: initial!.trim() }]),
  );

  /** What the code declares, and what it reads of the environment beside. */
  const sources = globSync('{apps,libs}/*/src/**/*.ts', { cwd: ROOT })
    .filter((file) => !/spec|fixture|libs\/testing/.test(file))
    .map(read)
    .join('\n');
  const declared = new Map<string, string | undefined>();
  for (const { 1: name, 0: declaration, index } of sources.matchAll(
    /\b(?:\w*[sS]etting|option)\(\s*(?:'--[^']*',\s*)?'([A-Z][A-Z0-9_]+)'/g,
  )) {
    const rest = sources.slice(index + declaration.length).split(/\n\s*@|;/)[0]!;
    declared.set(name!, declared.get(name!) ?? defaultIn(rest));
  }

  it('has every setting that the code declares, and no other', () => {
    const others = ['JAVA_HOME', 'XDG_CACHE_HOME', 'TMPDIR', 'DEBUG'];
    expect(declared.size).toBeGreaterThan(35);
    expect([...documented.keys()].sort()).toEqual([...declared.keys(), ...others].sort());
    expect(documented.size).toBe(rows.length);
  });

  it('has their defaults', () => {
    for (const [name, value] of declared)
      if (value !== undefined)
        expect([name, documented.get(name)?.initial]).toEqual([
          name,
          expect.stringMatching(new RegExp(`^\`${value.replaceAll('.', '\\.')}\``)),
        ]);
  });

  it('says what each means', () => {
    for (const [name, { meaning }] of documented) expect([name, meaning.length > 10]).toEqual([name, true]);
  });

  it('is the only table of settings', () => {
    for (const [other, markdown] of text)
      if (other !== 'docs/settings.md')
        expect([
          other,
          (markdown.match(/^\| `(?:KAFKA|READ_API|GATEWAY)_[A-Z_]+`/gm) ?? []).length < 3,
        ]).toEqual([other, true]);
  });
});

/** The default in what follows a setting's name, as it stands in the table; undefined without one, or with a sum. */
function defaultIn(rest: string): string | undefined {
  const value =
    /^, ([\d_]+)\)/.exec(rest)?.[1] ?? /\bdefault: ('[^']*'|[\d_]+|true|false)(?=\s*[,}])/.exec(rest)?.[1];
  return value?.replaceAll(/['_]/g, '');
}
