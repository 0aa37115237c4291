// After an installation: sees to it that the scripts run with the Node that the project brings. npm 10 deletes its link
// again together with the package of the other architecture, which it does not install and which has the same command.
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const modules = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../node_modules');
const name = `node-linux-${process.arch}`;
const link = join(modules, '.bin/node');
if (existsSync(join(modules, name, 'bin/node')) && !existsSync(link))
  symlinkSync(`../${name}/bin/node`, link);
