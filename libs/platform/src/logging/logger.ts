import type { LoggerService } from '@nestjs/common';
import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import type { LogLevel } from '../settings/pieces';
import { standardOutput } from './standard-output';

export type { Logger } from 'pino';

/** Injection token of the app's logger. */
export const LOGGER = Symbol('logger');

interface LoggedRequest {
  readonly method?: string;
}

/**
 * JSON lines on standard output, which may fail without harm to the app. Headers and URLs are never logged, only routes:
 * the token of a webhook may be in either, and paths name persons.
 */
export function createLogger(app: string, level: LogLevel, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: { app },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: {
        err: shownError,
        req: ({ method }: LoggedRequest) => ({ method }),
        res: ({ statusCode }: { statusCode?: number }) => ({ statusCode }),
      },
      redact: ['headers', '*.headers', 'authorization', '*.authorization', 'token', '*.token'],
    },
    destination ?? standardOutput(),
  );
}

interface ShownError {
  readonly type: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  readonly cause?: ShownError;
}

/** An error without the members that libraries add, since a query's parameters are personal. */
function shownError(error: unknown): ShownError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const { message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  return {
    type: error.constructor.name,
    message,
    ...(stack !== undefined && { stack }),
    ...(typeof code === 'string' && { code }),
    ...(cause instanceof Error && { cause: shownError(cause) }),
  };
}

const NEST_CONTEXTS_AT_DEBUG = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'RouterExplorer',
  'RoutesResolver',
]);

/** Writes Nest's log lines to this log. Those about its start go to level debug. */
export class NestLog implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    const context = rest.at(-1);
    const level = typeof context === 'string' && NEST_CONTEXTS_AT_DEBUG.has(context) ? 'debug' : 'info';
    this.write(level, message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest passes the context last, and for errors a stack before it. */
  private write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    rest: readonly unknown[],
  ): void {
    const context = rest.at(-1);
    const stack = rest.slice(0, -1).find((item) => typeof item === 'string' && item.includes('\n'));
    const fields = { ...(typeof context === 'string' && { context }), ...(stack !== undefined && { stack }) };
    if (message instanceof Error) this.logger[level]({ ...fields, err: message }, message.message);
    else this.logger[level](fields, typeof message === 'string' ? message : JSON.stringify(message));
  }
}
