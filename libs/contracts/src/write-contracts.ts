import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CONTRACTS_FOLDER, contractFiles } from './contract-files';
import { CONSUMING, withSamples } from './samples';

/** Writes `contracts/` anew, and the samples of the page about it; run from the project's root. */
rmSync(join(CONTRACTS_FOLDER, 'schemas'), { recursive: true, force: true });
for (const [path, text] of contractFiles(process.cwd())) {
  const file = join(CONTRACTS_FOLDER, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
writeFileSync(CONSUMING, withSamples(process.cwd(), readFileSync(CONSUMING, 'utf8')));
