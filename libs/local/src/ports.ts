import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}

const close = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()));

/** Whether nothing listens on that port of the loopback interface. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (server === undefined) return false;
  await close(server);
  return true;
}

/**
 * Below the ports that Linux (from 32768) and macOS (from 49152) give to outgoing connections. Those that the
 * system would choose for a listener are from among them: while the part that has such a port is down, any
 * connection may be given it, even one that tries to reach that very part, and then it cannot start again.
 */
const [LOWEST, HIGHEST] = [20_000, 32_767];
const TRIES = 1_000;

/** Longer than a server takes from being given its port to listening on it. */
const PROMISED_MS = 120_000;

/** @param promises where what other processes were given is written down; null where nothing can be */
async function listenBelowOutgoing(promises: string | null): Promise<Server | undefined> {
  for (let i = 0; i < TRIES; i++) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    const server = await listen(port);
    if (server === undefined) continue;
    if (promises !== null && isPromised(promises, port)) await close(server);
    else return server;
  }
  return undefined;
}

/**
 * The folder with a file for each port that was promised, without what is old; null where it is not to be trusted or
 * written to: then nothing is promised, and a collision is as rare as chance makes it.
 */
function openPromises(): string | null {
  const { uid } = userInfo();
  const folder = join(tmpdir(), `jimo-ports-${uid}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Everybody may write where temporary files are: a link that another user made must lead to nothing.
    const found = lstatSync(folder);
    if (!found.isDirectory() || found.uid !== uid) return null;
    for (const old of readdirSync(folder)) forgetOld(join(folder, old));
    return folder;
  } catch {
    return null;
  }
}

/** Whether another process was given this port and has yet to listen on it; otherwise it is promised to the caller. */
function isPromised(promises: string, port: number): boolean {
  try {
    writeFileSync(join(promises, String(port)), '', { flag: 'wx' });
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EEXIST';
  }
}

function forgetOld(file: string): void {
  const since = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
  if (Date.now() - since > PROMISED_MS) rmSync(file, { force: true });
}

/** As many different free loopback ports, held together until all are found, and nobody else's for a while. */
export async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  const promises = openPromises();
  for (let i = 0; i < count; i++) {
    const server = (await listenBelowOutgoing(promises)) ?? (await listen(0));
    if (server === undefined) throw new Error('this machine has no free port');
    servers.push(server);
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(close));
  return ports;
}

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port!;
}

/** Who listens on a port, as "node server.js (pid 123)", where lsof or ss is there to tell; best effort. */
export async function holderOf(port: number): Promise<string | undefined> {
  const pid =
    (await printed('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t'], /^(\d+)$/m)) ??
    (await printed('ss', ['-Hltnp', `sport = :${port}`], /pid=(\d+)/));
  if (pid === undefined) return undefined;
  const command = (await printed('ps', ['-o', 'args=', '-p', pid], /^(.+)$/m)) ?? 'a process';
  return `${command.length > 100 ? `${command.slice(0, 100)}…` : command} (pid ${pid})`;
}

/** The part of a tool's output that the pattern's first group matches; undefined without the tool, too. */
async function printed(tool: string, args: readonly string[], pattern: RegExp): Promise<string | undefined> {
  try {
    return pattern.exec((await run(tool, [...args])).stdout)?.[1];
  } catch {
    return undefined;
  }
}
