// After an installation: sees to it that the scripts run with the Node that the project brings, and with no more of it.
import { existsSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const modules = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../node_modules');
const name = `node-linux-${process.arch}`;
if (existsSync(join(modules, name, 'bin/node'))) {
  // npm 10 deletes its link again together with the package of the other architecture, which it does not install and
  // which has the same command.
  const link = join(modules, '.bin/node');
  if (!existsSync(link)) symlinkSync(`../${name}/bin/node`, link);
  // 67 MB of C headers, for compiling add-ons: nothing here does.
  rmSync(join(modules, name, 'include'), { recursive: true, force: true });
}
