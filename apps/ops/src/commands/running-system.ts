import { identityOf, projectRoot } from '@app/local';

import { CannotStart } from '../start/choose-port';
import { dataFolder } from '../start/start-settings';
import { readSystemFile, type SystemFile } from '../start/system-file';

/**
 * The system that `npm start` runs with this DATA_DIR.
 * @throws {CannotStart} when none is ready
 */
export function runningSystem(dataDir: string): SystemFile {
  const folder = dataFolder(projectRoot(), dataDir);
  const system = readSystemFile(folder);
  const { pid, identity } = system?.supervisor ?? {};
  if (system === undefined || pid === undefined || identityOf(pid) !== identity) {
    throw new CannotStart(
      `Nothing runs with the data in ${folder}: run "npm start" first, in another terminal, or set KAFKA_BROKERS and ` +
        'DATABASE_URL for another system ("--help" names what a command needs).',
    );
  }
  if (system.state !== 'ready')
    throw new CannotStart(`The system is not ready (${system.state}): try again soon.`);
  return system;
}
