import { freePort, holderOf, isPortFree } from '@app/local';

/** Something that a person has to change before this can start; the message says what. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

export interface PortWish {
  readonly name: string;
  readonly setting: string;
  /** As set; 0 for any free one. */
  readonly asked: number | undefined;
  /** Absent where any free one will do. */
  readonly usual: number | undefined;
  /** Whether only the asked or usual one will do. */
  readonly fixed: boolean;
}

/**
 * The port to give a part.
 * @throws {CannotStart} when it is taken and no other will do: names the setting and who holds the port
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

/** @throws {CannotStart} when someone listens on that port, with who it is where that can be known */
export async function requirePort(name: string, setting: string, port: number): Promise<void> {
  if (!(await isPortFree(port)))
    throw new CannotStart(takenMessage(name, setting, port, await holderOf(port)));
}

const takenMessage = (name: string, setting: string, port: number, holder: string | undefined) =>
  `port ${port} for ${name} is taken${holder ? ` by ${holder}` : ''}. ` +
  `Stop that, or set ${setting} to another port (0: any free one).`;
