// Installs the packages of workspaces, unless they are installed: node tools/workspaces.mjs test bench
//
// `npm ci` leaves them out (.npmrc): nobody needs them to run the system.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');

function isInstalled(workspace, name, version) {
  const places = [workspace, '.'].map((folder) => join(ROOT, folder, 'node_modules', name, 'package.json'));
  const found = places.find((place) => existsSync(place));
  return found !== undefined && JSON.parse(readFileSync(found, 'utf8')).version === version;
}

const missing = process.argv.slice(2).filter((workspace) => {
  const manifest = JSON.parse(readFileSync(join(ROOT, workspace, 'package.json'), 'utf8'));
  return !Object.entries(manifest.devDependencies).every((each) => isInstalled(workspace, ...each));
});

if (missing.length > 0) {
  process.stderr.write(`installing the packages of ${missing.join(' and ')} (once)\n`);
  const { status } = spawnSync(
    'npm',
    // What package-lock.json says, added to what is there: a system may be running from it. None of these packages
    // needs its install script.
    [
      'install',
      '--no-save',
      '--ignore-scripts',
      '--workspaces=true',
      '--include-workspace-root',
      ...missing.flatMap((each) => ['--workspace', each]),
    ],
    { cwd: ROOT, stdio: ['ignore', 2, 2] },
  );
  if (status !== 0) process.exit(status ?? 1);
}
