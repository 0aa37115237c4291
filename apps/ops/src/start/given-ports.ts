import { type AppDescription, APPS } from './apps';
import { choosePort } from './choose-port';
import type { StartSettings } from './start-settings';

/** The ports of a system's parts. */
export class GivenPorts {
  private readonly given = new Map<string, number>();

  constructor(private readonly settings: StartSettings) {}

  of(name: string): number {
    const port = this.given.get(name);
    if (port === undefined) throw new Error(`${name} was given no port`);
    return port;
  }

  /** @throws {CannotStart} like `choosePort` */
  async forApp({ name, portSetting, port, usualPort, fixedPort }: AppDescription): Promise<void> {
    const usual = fixedPort ? usualPort : this.usual(usualPort);
    const wish = { name, setting: portSetting, asked: port(this.settings), usual, fixed: fixedPort };
    this.given.set(name, await choosePort(wish, this.taken));
  }

  /** @throws {CannotStart} like `choosePort` */
  async forServer(name: string, setting: string, asked: number | undefined, usual: number): Promise<number> {
    const wish = { name, setting, asked, usual: this.usual(usual), fixed: false };
    const port = await choosePort(wish, this.taken);
    this.given.set(name, port);
    return port;
  }

  private get taken(): ReadonlySet<number> {
    return new Set(this.given.values());
  }

  /**
   * The usual ports belong to the system whose gateway and read API use theirs. A second system would otherwise take them
   * whenever the first, or a part of it, is down.
   */
  private usual(port: number): number | undefined {
    const isFirst = APPS.every((app) => !app.fixedPort || app.port(this.settings) === app.usualPort);
    return isFirst ? port : undefined;
  }
}
