// Fails when files import each other in a circle, for types too, which ESLint's rules do not see. Part of
// `npm run lint`; prints each circle that it finds.
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '..');
const CONFIGS = ['tsconfig.json', 'apps/console/tsconfig.json', 'test/console/tsconfig.json'];

const { sys } = ts;
const imports = new Map();
for (const config of CONFIGS) {
  const { config: json } = ts.readConfigFile(join(ROOT, config), sys.readFile);
  const folder = resolve(ROOT, config, '..');
  const { fileNames, options } = ts.parseJsonConfigFileContent(json, sys, folder);
  const cache = ts.createModuleResolutionCache(ROOT, (name) => name, options);
  const importedBy = (file) =>
    ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles.flatMap(({ fileName }) => {
      const { resolvedModule: found } = ts.resolveModuleName(fileName, file, options, sys, cache);
      return found && !found.isExternalLibraryImport ? [found.resolvedFileName] : [];
    });
  for (const file of fileNames) imports.set(file, importedBy(file));
}

/** The circles that a walk from file to file comes upon: each is closed by an import of a file that led to it. */
const circles = [];
const done = new Set();
const walk = (file, path) => {
  const start = path.indexOf(file);
  if (start >= 0) circles.push([...path.slice(start), file]);
  if (start >= 0 || done.has(file)) return;
  for (const imported of imports.get(file) ?? []) walk(imported, [...path, file]);
  done.add(file);
};
for (const file of imports.keys()) walk(file, []);

for (const circle of circles)
  console.error(`A circle of imports: ${circle.map((file) => relative(ROOT, file)).join(' → ')}`);
if (circles.length > 0) process.exit(1);
