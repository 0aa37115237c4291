// Compiles apps, libs and bench into dist with SWC: node tools/build.mjs
//
// It is `nest build` with the settings of nest-cli.json, .swcrc and tsconfig.json. The command line of Nest brings 179
// packages with it, which nobody needs who only starts the system.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { transformFile } from '@swc/core';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');
const read = (name) => JSON.parse(readFileSync(join(ROOT, name), 'utf8'));
const { filenames } = read('nest-cli.json').compilerOptions.builder.options;
const { paths } = read('tsconfig.json').compilerOptions;
const { jsc, exclude, ...options } = read('.swcrc');
const excluded = exclude.map((pattern) => new RegExp(pattern));

const sources = filenames
  .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: ROOT }))
  .filter((file) => !excluded.some((pattern) => pattern.test(file)));
const written = new Set();
await Promise.all(sources.map(compile));
// What an earlier version has left must not be loaded.
for (const folder of filenames)
  for (const file of globSync(`${folder}/**/*.js`, { cwd: DIST }))
    if (!written.has(file))
      for (const each of [file, `${file}.map`]) rmSync(join(DIST, each), { force: true });

async function compile(source) {
  const target = source.replace(/\.ts$/, '.js');
  const out = join(DIST, target);
  mkdirSync(dirname(out), { recursive: true });
  const { code, map } = await transformFile(join(ROOT, source), {
    ...options,
    ...{ cwd: ROOT, swcrc: false, outputPath: out, jsc: { ...jsc, baseUrl: ROOT, paths } },
  });
  const name = target.slice(target.lastIndexOf('/') + 1);
  writeFileSync(out, `${code}\n//# sourceMappingURL=${name}.map`);
  writeFileSync(`${out}.map`, map);
  written.add(target);
}
