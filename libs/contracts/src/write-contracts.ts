import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CONTRACTS_FOLDER, contractFiles } from './contract-files';

/** Writes `contracts/` again; run from the project's root. */
rmSync(join(CONTRACTS_FOLDER, 'schemas'), { recursive: true, force: true });
for (const [path, text] of contractFiles(process.cwd())) {
  const file = join(CONTRACTS_FOLDER, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
