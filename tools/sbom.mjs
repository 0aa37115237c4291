// Writes bills of materials in CycloneDX: what the apps run with, and that with all that they are built, tested
// and (the console) bundled from.
//
//   npm run sbom [-- folder]
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const folder = resolve(process.argv[2] ?? 'release');
mkdirSync(folder, { recursive: true });

function write(name, from, ...options) {
  const common = ['--spec-version', '1.6', '--mc-type', 'application', '--output-reproducible'];
  execFileSync(
    'cyclonedx-npm',
    [...common, '--package-lock-only', ...options, '--output-file', join(folder, name)],
    { cwd: from, stdio: 'inherit' },
  );
}

write('sbom.cdx.json', '.', '--omit', 'dev', '--omit', 'optional');
// The workspaces are listed where nothing leaves them out, as .npmrc does here.
const whole = mkdtempSync(join(tmpdir(), 'jimo-sbom-'));
try {
  for (const file of ['package.json', 'package-lock.json', 'bench/package.json', 'test/package.json'])
    cpSync(file, join(whole, file));
  const settings = readFileSync('.npmrc', 'utf8').replace(/^workspaces=.*$/m, '');
  writeFileSync(join(whole, '.npmrc'), settings);
  write('sbom-with-development.cdx.json', whole);
} finally {
  rmSync(whole, { recursive: true });
}
