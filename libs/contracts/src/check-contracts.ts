import { changesBetween, mayBring } from './compatibility';
import { contractOf, releasedContract } from './contract';

/** Says what has changed since the last release; exit code 1 when this version may not bring it. */
const root = process.cwd();
const [before, after] = [releasedContract(root), contractOf(root)];
const changes = changesBetween(before, after);
for (const { verdict, event, path, what } of changes)
  process.stdout.write(`${verdict}: ${[event, path].filter(Boolean).join(' ')} ${what}\n`);
process.stdout.write(`changes since ${before.version}: ${changes.length}\n`);
if (!mayBring(changes, before.version, after.version)) {
  process.stderr.write(
    `Version ${after.version} may not break the contract of ${before.version}. Leave the event as it is and add ` +
      'another beside it, or raise the version as docs/consuming.md says.\n',
  );
  process.exitCode = 1;
}
