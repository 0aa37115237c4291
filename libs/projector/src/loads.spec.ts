import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { transformSync, type Options } from '@swc/core';

const ROOT = resolve(__dirname, '../../..');
const COMPILER = JSON.parse(readFileSync(join(ROOT, '.swcrc'), 'utf8')) as Options;

/** The imports of a file after compilation, which removes those of types. */
function importsOf(file: string): string[] {
  const { code } = transformSync(readFileSync(file, 'utf8'), {
    ...COMPILER,
    swcrc: false,
    sourceMaps: false,
  });
  return [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, specifier]) => specifier!);
}

function fileOf(specifier: string, importer: string): string | undefined {
  const library = /^@app\/(.*)/.exec(specifier)?.[1];
  if (library === undefined && !specifier.startsWith('.')) return undefined;
  const path =
    library === undefined ? join(dirname(importer), specifier) : join(ROOT, 'libs', library, 'src');
  return [`${path}.ts`, join(path, 'index.ts')].find((file) => existsSync(file));
}

/** The files and packages that these files load, directly or indirectly. */
function loadedBy(files: readonly string[]): { readonly files: string[]; readonly packages: string[] } {
  const packages = new Set<string>();
  const loaded = new Set(files);
  for (const file of loaded)
    for (const specifier of importsOf(file)) {
      const imported = fileOf(specifier, file);
      if (imported === undefined) packages.add(specifier);
      else loaded.add(imported);
    }
  return { files: [...loaded].map((file) => relative(ROOT, file)), packages: [...packages] };
}

/** The parts of an API: controllers, schemas, queries and views. */
const OF_AN_API = /^apps\/read-api\/|^libs\/shared-queries\/|\.(?:dto|queries|commands|export)\.ts$/;

describe.each(['journey-projector', 'experience-projector', 'feedback-projector'])('the %s', (app) => {
  // Its threads start with other files of the library.
  const own = globSync('libs/projector/src/**/*.ts', { cwd: ROOT }).filter(
    (file) => !file.endsWith('.spec.ts'),
  );
  const { files, packages } = loadedBy([`apps/${app}/src/main.ts`, ...own].map((file) => join(ROOT, file)));

  it('loads the projections and what runs them', () => {
    expect(files).toContain('libs/projections/src/journeys.ts');
    expect(files).toContain('libs/engine-postgres/src/index.ts');
    expect(packages).toContain('kafkajs');
  });

  it('loads nothing of the API', () => {
    expect(files.filter((file) => OF_AN_API.test(file))).toEqual([]);
    expect(packages.filter((name) => /swagger|fastify\/static/.test(name))).toEqual([]);
  });
});
