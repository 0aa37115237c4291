import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');

it('the types are those of the OpenAPI document that is checked in (npm run openapi)', () => {
  const cli = join(ROOT, 'node_modules/openapi-typescript/bin/cli.js');
  const generated = execFileSync(process.execPath, [cli, join(ROOT, 'apps/read-api/openapi.json')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  // To standard output the generator adds an empty line.
  expect(`${generated.trimEnd()}\n`).toBe(readFileSync(join(__dirname, 'schema.ts'), 'utf8'));
});
