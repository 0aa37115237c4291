import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the checkout (or image). Searched upwards, because this file's depth differs between src and dist. */
export function projectRoot(from: string = __dirname): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder) throw new Error(`no package.json in ${from} or above it`);
  }
}
