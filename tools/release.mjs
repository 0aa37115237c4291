// Makes a release of what is checked out (docs/releasing.md):
//
//   npm run release -- 0.1.0 | major | minor | patch [--without-tests] [--without-image]
//
// Everything happens on this machine; what is to be published is printed at the end.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGES = ['libs/catalog', 'libs/client'];
const VERSION = /^\d+\.\d+\.\d+$/;

/** Nothing was changed, or what was changed is said. */
class CannotRelease extends Error {}

const say = (text) => process.stdout.write(`== ${text}\n`);
const run = (command, ...args) => execFileSync(command, args, { stdio: 'inherit' });
const ask = (command, ...args) => execFileSync(command, args, { encoding: 'utf8' }).trim();
const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** @param wanted a version, or which part of the one before is raised */
function nextVersion(before, wanted) {
  if (VERSION.test(wanted)) return wanted;
  const [major, minor, patch] = before.split('.').map(Number);
  switch (wanted) {
    case 'major':
      return `${major + 1}.0.0`;
    case 'minor':
      return `${major}.${minor + 1}.0`;
    case 'patch':
      return `${major}.${minor}.${patch + 1}`;
    default:
      throw new CannotRelease('say which version: npm run release -- 0.1.0, or major, minor or patch');
  }
}

function check(version) {
  if (ask('git', 'status', '--porcelain') !== '')
    throw new CannotRelease('the work tree has changes that are not committed: commit or stash them');
  if (ask('git', 'tag', '--list', `v${version}`) !== '')
    throw new CannotRelease(`there is a tag v${version} already`);
  if (!/^## Unreleased\n\n### /m.test(readFileSync('CHANGELOG.md', 'utf8')))
    throw new CannotRelease('CHANGELOG.md tells nothing under "Unreleased"');
}

function writeVersion(version) {
  for (const path of ['package.json', ...PACKAGES.map((folder) => `${folder}/package.json`)]) {
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(/^ {2}"version": "[^"]+"/m, `  "version": "${version}"`));
  }
  const lock = readJson('package-lock.json');
  lock.version = version;
  lock.packages[''].version = version;
  writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
  const day = new Date().toISOString().slice(0, 10);
  const changelog = readFileSync('CHANGELOG.md', 'utf8');
  writeFileSync(
    'CHANGELOG.md',
    changelog.replace(/^## Unreleased$/m, `## Unreleased\n\n## ${version} - ${day}`),
  );
}

/** What goes out: packages, a bill of materials, an image; and their digests. */
function makeArtefacts(version, { image }) {
  const folder = join('release', `v${version}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const lib of PACKAGES)
    run('npm', 'pack', '--silent', '--ignore-scripts=false', `./${lib}`, '--pack-destination', folder);
  run('npm', 'run', '--silent', 'sbom', '--', folder);
  if (image) makeImage(version, folder);
  const sums = readdirSync(folder)
    .sort()
    .map(
      (name) =>
        `${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}  ${name}\n`,
    );
  writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''));
  return folder;
}

function makeImage(version, folder) {
  try {
    ask('docker', 'info');
  } catch {
    say('no Docker engine answers: there is no image');
    return;
  }
  const name = `jimo-webhooks:${version}`;
  // Of the commit, so that the same source makes the same files whenever it is built.
  const epoch = ask('git', 'log', '-1', '--format=%ct');
  run(
    'docker',
    'build',
    '--network',
    'host',
    '--build-arg',
    `SOURCE_DATE_EPOCH=${epoch}`,
    '--tag',
    name,
    '.',
  );
  const layers = ask(
    'docker',
    'image',
    'inspect',
    '--format',
    '{{range .RootFS.Layers}}{{println .}}{{end}}',
    name,
  );
  writeFileSync(join(folder, 'image-layers.txt'), `${layers}\n`);
}

function release([wanted, ...options]) {
  const { version: before } = readJson('package.json');
  const version = nextVersion(before, wanted ?? '');
  check(version);
  say(`version ${version}`);
  writeVersion(version);
  run('npm', 'run', '--silent', 'contracts');
  // Fails when this version may not bring what has changed.
  run('node', 'dist/libs/contracts/src/check-contracts.js');
  run('node', 'dist/libs/contracts/src/write-baseline.js');
  if (!options.includes('--without-tests')) run('npm', 'run', 'test:all');
  run('git', 'commit', '--quiet', '--all', '--message', `Release ${version}`);
  run('git', 'tag', '--annotate', '--message', `Release ${version}`, `v${version}`);
  const folder = makeArtefacts(version, { image: !options.includes('--without-image') });
  say(`${folder} holds what goes out:`);
  for (const name of readdirSync(folder)) process.stdout.write(`   ${name}\n`);
  say('nothing has left this machine. To publish it:');
  process.stdout.write('   git push --follow-tags\n');
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.tgz')))
    process.stdout.write(`   npm publish ${join(folder, name)}\n`);
  process.stdout.write(`   docker push <registry>/jimo-webhooks:${version}\n`);
}

try {
  release(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof CannotRelease) && error.status === undefined) throw error;
  process.stderr.write(`No release was made: ${error.message}\n`);
  process.stderr.write('What was changed: git status; to take it back: git checkout .\n');
  process.exitCode = 1;
}
