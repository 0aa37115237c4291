// Writes bills of materials in CycloneDX: what the apps run with, and that with all that they are built, tested
// and (the console) bundled from.
//
//   npm run sbom [-- folder]
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2] ?? 'release';
mkdirSync(folder, { recursive: true });
for (const [name, ...options] of [
  ['sbom.cdx.json', '--omit', 'dev', '--omit', 'optional'],
  ['sbom-with-development.cdx.json'],
]) {
  const file = join(folder, name);
  const common = ['--spec-version', '1.6', '--mc-type', 'application', '--output-reproducible'];
  execFileSync('cyclonedx-npm', [...common, '--package-lock-only', ...options, '--output-file', file], {
    stdio: 'inherit',
  });
}
