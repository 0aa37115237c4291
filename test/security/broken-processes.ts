import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

export interface BrokenProcess {
  readonly what: string;
  /** Of an app, or of the command line with its arguments. */
  readonly app: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs a process that cannot succeed until it ends, or has been at it for some time since its first word; gives
 * everything that it said.
 *
 * @param ask called again and again meanwhile with what it said so far
 */
export async function outputOf(
  { app, args = [], env }: BrokenProcess,
  forMs: number,
  ask: (said: string) => Promise<void>,
): Promise<string> {
  const { PATH, HOME } = process.env;
  const main = join(ROOT, 'dist/apps', app, 'src/main.js');
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH, HOME, LISTEN_HOST: '127.0.0.1', LOG_LEVEL: 'trace', DEBUG: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let end: NodeJS.Timeout | undefined;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      said += data.toString();
      end ??= setTimeout(() => child.kill('SIGTERM'), forMs);
    });
  const closed = once(child, 'close');
  const asking = setInterval(() => void ask(said).catch(() => undefined), 500);
  const cut = setTimeout(() => child.kill('SIGKILL'), forMs + 60_000);
  await closed;
  clearInterval(asking);
  clearTimeout(end);
  clearTimeout(cut);
  return said;
}
