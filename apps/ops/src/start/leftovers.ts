import { identityOf, until } from '@app/local';

import { readSystemFile, removeSystemFile } from './system-file';

/**
 * Ends what a supervisor that died left running. Usually its watchdog is at that already: it gets the time.
 */
export async function endLeftovers(folder: string, say: (text: string) => void): Promise<void> {
  const system = readSystemFile(folder);
  if (system === undefined) return;
  const alive = () =>
    Object.entries(system.parts).filter(
      ([, { pid, identity }]) => pid !== undefined && identity !== undefined && identityOf(pid) === identity,
    );
  const names = alive().map(([name, { pid }]) => `${name} (pid ${pid})`);
  if (names.length > 0) {
    say(`an earlier start did not end well; waiting for ${names.join(', ')} to stop`);
    try {
      await until('the end of earlier parts', () => alive().length === 0, { deadlineMs: 40_000 });
    } catch {
      for (const [, { pid }] of alive()) process.kill(pid!, 'SIGKILL');
      await until('the end of killed parts', () => alive().length === 0, { deadlineMs: 10_000 });
    }
  }
  removeSystemFile(folder);
}
