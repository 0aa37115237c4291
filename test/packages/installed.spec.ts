import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const { dependencies, devDependencies } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
) as Record<'dependencies' | 'devDependencies', Record<string, string>>;

/** The packages that files import, each with one of the files. */
function importedBy(patterns: readonly string[], exclude: readonly string[] = []): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of globSync(patterns, { cwd: ROOT, exclude }))
    for (const [, name] of readFileSync(join(ROOT, file), 'utf8').matchAll(
      /(?:\bfrom |\bimport |\brequire\(|\bimport\()['"]((?:@[\w-]+\/)?[a-z][\w.-]*)(?:\/[^'"]*)?['"]/g,
    ))
      if (!isBuiltin(name!) && !name!.startsWith('@app/')) found.set(name!, file);
  return found;
}

const missing = (imported: Map<string, string>, ...installed: readonly Record<string, string>[]) =>
  [...imported].filter(([name]) => !installed.some((packages) => name in packages));

describe('npm ci', () => {
  it('installs what the apps load, among what runs in production', () => {
    const imported = importedBy(
      ['apps/**/*.ts', 'libs/**/*.ts'],
      ['apps/console/**', 'libs/client/**', 'libs/testing/**', '**/*.spec.ts', '**/*.fixture.ts'],
    );
    expect([...imported.keys()]).toEqual(
      expect.arrayContaining(['@nestjs/core', 'kafkajs', 'pg', 'fastify']),
    );
    expect(missing(imported, dependencies)).toEqual([]);
  });

  it('installs what npm start builds with', () => {
    const imported = importedBy(
      ['apps/console/**/*.{ts,tsx,mts}', 'tools/{build,link-node,workspaces}.mjs'],
      ['**/*.spec.*'],
    );
    expect([...imported.keys()]).toEqual(expect.arrayContaining(['react', 'vite', '@swc/core']));
    expect(missing(imported, dependencies, devDependencies)).toEqual([]);
  });
});
