import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { projectRoot, tryLock } from '@app/local';

import { errorText } from '../error-text';
import { endLeftovers } from './leftovers';
import { dataFolder, type StartSettings, withSecrets } from './start-settings';
import { Supervisor } from './supervisor';
import { summary } from './summary';
import { Terminal } from './terminal';

/** Ctrl-C reaches this process more than once when npm passes it on as well: only a later one means "at once". */
const SECOND_THOUGHT_MS = 1_000;

/**
 * `npm start`: runs the system until interrupted.
 * @returns the exit code
 */
export async function start(settings: StartSettings & { readonly demo: boolean }): Promise<number> {
  const began = Date.now();
  const terminal = new Terminal((line) => process.stdout.write(`${line}\n`));
  const complain = (error: unknown) => {
    process.stderr.write(`${errorText(error)}\n`);
    return 1;
  };

  const root = projectRoot();
  const folder = dataFolder(root, settings.dataDir);
  // Others may pass, not look: PostgreSQL runs as another user when root starts it.
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const lock = tryLock(join(folder, 'ops.lock'));
  if (lock.lock === 'held') {
    process.stderr.write(
      `The system is running already (pid ${lock.pid}) with the data in ${folder}. ` +
        'Stop it first, or set DATA_DIR (and the ports) to run another.\n',
    );
    return 1;
  }

  const interrupted = interruption();
  const supervisor = new Supervisor(root, folder, withSecrets(settings, process.env), terminal, process.env);
  let code = 0;
  try {
    await endLeftovers(folder, (text) => terminal.say(text));
    const started = supervisor.start();
    started.catch(() => undefined);
    const first = await Promise.race([started, interrupted]);
    if (typeof first !== 'string') {
      terminal.say(summary(first, folder, Date.now() - began));
      if (settings.demo) {
        const { sendDemo } = await import('../commands/demo.js');
        await sendDemo(first, {}, (text) => terminal.say(text)).catch(complain);
      }
    }
    terminal.say(`${await interrupted}: stopping`);
  } catch (error) {
    code = complain(error);
  }
  try {
    await supervisor.stop();
  } catch (error) {
    code = complain(error);
  }
  lock.release();
  return code;
}

/** Fulfilled when someone wants it to stop, with what told it. */
function interruption(): Promise<string> {
  return new Promise((resolve) => {
    let at = 0;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (at === 0) {
          at = Date.now();
          resolve(signal);
        } else if (signal === 'SIGINT' && Date.now() - at > SECOND_THOUGHT_MS) {
          // The watchdog ends what still runs.
          process.stderr.write('not waiting any longer\n');
          process.exit(130);
        }
      });
    }
    // Started by npm and npm is gone without a word (SIGKILL): nobody is left who would interrupt.
    if (process.env['npm_lifecycle_event'] !== undefined) {
      const parent = process.ppid;
      setInterval(() => process.ppid !== parent && resolve('npm is gone'), 1_000).unref();
    }
  });
}
