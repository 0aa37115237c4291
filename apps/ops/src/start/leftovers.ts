import { identityOf, isPortFree, until } from '@app/local';

import { APPS } from './apps';
import { type PartState, readSystemFile, removeSystemFile } from './system-file';

/** An app stops within 20 s, a server within 30 s. */
const PATIENCE = { app: 25_000, server: 30_000, killed: 15_000 };

/**
 * Ends the processes of a supervisor that died, applications before their servers. Usually its watchdog does that, but it
 * may have died as well.
 */
export async function endLeftovers(
  folder: string,
  say: (text: string) => void,
  patience: typeof PATIENCE = PATIENCE,
): Promise<void> {
  const system = readSystemFile(folder);
  if (system === undefined) return;
  const left = Object.entries(system.parts).filter(([, part]) => isRunning(part));
  if (left.length > 0) {
    const names = left.map(([name, { pid }]) => `${name} (pid ${pid})`);
    say(`an earlier start did not end well; stopping ${names.join(', ')}`);
    const isApp = (name: string) => APPS.some((app) => app.name === name);
    await stop(
      left.filter(([name]) => isApp(name)).map(([, part]) => part),
      'SIGTERM',
      patience.app,
    );
    const servers = left.filter(([name]) => !isApp(name));
    for (const [name, part] of servers) signal(part, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
    await stop(
      servers.map(([, part]) => part),
      undefined,
      patience.server,
    );
    await killed(
      left.map(([, part]) => part),
      patience.killed,
    );
  }
  removeSystemFile(folder);
}

const isRunning = ({ pid, identity }: PartState): boolean =>
  pid !== undefined && identity !== undefined && identityOf(pid) === identity;

function signal(part: PartState, name: NodeJS.Signals): void {
  try {
    if (isRunning(part)) process.kill(part.pid!, name);
  } catch (error) {
    // The process ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Asks the processes to stop and waits; `killed` handles those that do not stop in time. */
async function stop(parts: readonly PartState[], by: NodeJS.Signals | undefined, deadlineMs: number) {
  if (by !== undefined) for (const part of parts) signal(part, by);
  await until('the end of earlier parts', () => !parts.some(isRunning), { deadlineMs }).catch(
    () => undefined,
  );
}

/** Kills the remaining processes and waits for their listeners, which a big process takes a while to close. */
async function killed(parts: readonly PartState[], deadlineMs: number) {
  for (const part of parts) signal(part, 'SIGKILL');
  await until('the end of killed parts', () => !parts.some(isRunning), { deadlineMs });
  const ports = parts.flatMap(({ port }) => (port === undefined ? [] : [port]));
  const areFree = async () => (await Promise.all(ports.map(isPortFree))).every(Boolean);
  // Another process may have taken a port by now; the part that needs it reports that.
  await until('the ports of earlier parts', areFree, { deadlineMs }).catch(() => undefined);
}
