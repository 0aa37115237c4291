// Makes what `npm pack` takes: JavaScript with types, and the contracts. With --clean it takes them away again.
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const dist = join(here, 'dist');
for (const folder of ['dist', 'contracts']) rmSync(join(here, folder), { recursive: true, force: true });
if (process.argv.includes('--clean')) process.exit(0);

const tsc = join(root, 'node_modules/typescript/bin/tsc');
execFileSync(process.execPath, [tsc, '-p', join(here, 'tsconfig.build.json')], { stdio: 'inherit' });

// The compiler leaves names as they are written: whoever installs the package has no such alias.
const engine = join(dist, 'catalog/src/package/engine');
for (const path of globSync('**/*.{js,d.ts}', { cwd: dist })) {
  const file = join(dist, path);
  const specifier = relative(dirname(file), engine);
  const text = readFileSync(file, 'utf8');
  const rewritten = text.replaceAll(
    /(['"])@app\/engine\1/g,
    `'${specifier.startsWith('.') ? '' : './'}${specifier}'`,
  );
  if (rewritten !== text) writeFileSync(file, rewritten);
}

for (const part of ['asyncapi.json', 'schemas'])
  cpSync(join(root, 'contracts', part), join(here, 'contracts', part), { recursive: true });
