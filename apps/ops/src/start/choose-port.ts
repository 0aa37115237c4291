import { freePort, holderOf, isPortFree } from '@app/local';

/** The system cannot start until a person changes something; the message says what. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

export interface PortWish {
  readonly name: string;
  readonly setting: string;
  /** Configured port; 0 picks a free one. */
  readonly asked: number | undefined;
  /** Absent if any free port will do. */
  readonly usual: number | undefined;
  /** Whether only the configured or usual port will do. */
  readonly fixed: boolean;
}

/**
 * Chooses the port of a part.
 * @throws {CannotStart} if it is taken and no other will do, naming the setting and the process that has the port
 */
export async function choosePort(wish: PortWish, taken: ReadonlySet<number>): Promise<number> {
  const { name, setting, asked, usual, fixed } = wish;
  const port = asked ?? usual;
  if (port === 0 || port === undefined) return freePort();
  if (!taken.has(port) && (await isPortFree(port))) return port;
  if (asked === undefined && !fixed) return freePort();
  if (taken.has(port))
    throw new CannotStart(takenMessage(name, setting, port, 'another part of this system'));
  throw new CannotStart(takenMessage(name, setting, port, await holderOf(port)));
}

/** @throws {CannotStart} if a process listens on that port, naming it if possible */
export async function requirePort(name: string, setting: string, port: number): Promise<void> {
  if (!(await isPortFree(port)))
    throw new CannotStart(takenMessage(name, setting, port, await holderOf(port)));
}

const takenMessage = (name: string, setting: string, port: number, holder: string | undefined) =>
  `port ${port} for ${name} is taken${holder ? ` by ${holder}` : ''}. ` +
  `Stop that, or set ${setting} to another port (0: any free one).`;
