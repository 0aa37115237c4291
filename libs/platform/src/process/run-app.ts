import { createLogger, type Logger } from '../logging/logger';
import type { AppSettings } from '../settings/pieces';
import { loadSettings, SettingsError, type SettingsClass } from '../settings/setting';
import { Health } from '../health/health';

/** Something that runs until it is closed, such as a Nest app. */
export interface Running {
  close(): Promise<void>;
  get?(token: typeof Health, options: { strict: false }): Health;
}

const SHUTDOWN_MS = 20_000;

/**
 * Runs an app as this process: reads its settings, starts it, and stops it on SIGTERM or SIGINT (and, if `SUPERVISED` is
 * set, when the process that started it ends). The process exits with 0 after a clean stop, and with 1 when a setting is
 * wrong, the start fails, an error was not caught, or the stop takes over 20 s.
 */
export function runApp<S extends AppSettings>(
  name: string,
  type: SettingsClass<S>,
  start: (settings: S, logger: Logger) => Promise<Running>,
): void {
  let settings: S;
  try {
    settings = loadSettings(type, process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const lines = error.problems.map(({ setting, message }) => `  ${setting} ${message}\n`);
    process.stderr.write(`${name} cannot start; wrong settings:\n${lines.join('')}`);
    process.exit(1);
  }
  const logger = createLogger(name, settings.logLevel);
  exitOnCrash(logger);
  const starting = start(settings, logger);
  const stop = stopOnce(starting, logger);
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  if (process.env['SUPERVISED']) stopWithParent(stop);
  starting.catch((error: unknown) => {
    logger.fatal({ err: error }, 'could not start');
    process.exit(1);
  });
}

/** After an uncaught error the state is unknown, so the process ends and its supervisor starts it again. */
function exitOnCrash(logger: Logger): void {
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught exception');
    process.exit(1);
  });
  process.on('unhandledRejection', (reason) => {
    logger.fatal({ err: reason }, 'unhandled rejection');
    process.exit(1);
  });
}

/** Only the first call stops the app and ends the process, since Ctrl-C and a supervisor often both send a signal. */
function stopOnce(starting: Promise<Running>, logger: Logger): (reason: string) => void {
  let stopping = false;
  return (reason) => {
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    setTimeout(() => {
      logger.error('the stop took too long');
      process.exit(1);
    }, SHUTDOWN_MS).unref();
    void starting
      .then(async (running) => {
        running.get?.(Health, { strict: false }).stop();
        await running.close();
      })
      .then(
        () => {
          logger.info('stopped');
          process.exit(0);
        },
        (error: unknown) => {
          logger.error({ err: error }, 'could not stop cleanly');
          process.exit(1);
        },
      );
  };
}

/** The parent holds the other end of standard input (or of the IPC channel), which closes when the parent dies. */
function stopWithParent(stop: (reason: string) => void): void {
  process.on('disconnect', () => stop('the supervisor is gone'));
  process.stdin.on('end', () => stop('the supervisor is gone'));
  process.stdin.on('close', () => stop('the supervisor is gone'));
  process.stdin.on('error', () => stop('the supervisor is gone'));
  process.stdin.resume();
}
