import type { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';
import { assertSession, SESSION_QUERY, STARTUP } from './session';

/** What the types of `pg` do not know of a client. */
interface Internals {
  readonly processID: number | null;
  readonly connection: { readonly stream: Socket };
  getStartupConf(): Record<string, string>;
}

type Callback = (error: unknown, ...more: unknown[]) => void;

/** A pooler lets a client in at once, and its first statement wait for a server. */
const CHECK_MS = 10_000;
const READ_TIMEOUT = 'Query read timeout';

/** A connection whose session is as ours must be, and that knows since when its server owes it an answer. */
export class SessionClient extends Client {
  /** The server's process; null before it is known, and behind a pooler, where it changes with every transaction. */
  backend: number | null = null;
  /** Since when answers are waited for (`performance.now`), or null. */
  busySince: number | null = null;
  /** A pooler such as PgBouncer stands between, and another server process may answer each transaction. */
  private pooled = false;

  constructor(private readonly config: ClientConfig = {}) {
    super(config);
    this.on('drain', () => (this.busySince = null));
    const pipeline = (config as { readonly pipeline?: boolean }).pipeline === true;
    const query = super.query.bind(this) as (...parts: unknown[]) => unknown;
    Object.defineProperty(this, 'query', {
      // Whoever uses a connection for a while may change what it sends meanwhile.
      ...{ writable: true, configurable: true },
      value: (first: unknown, ...rest: unknown[]) => {
        this.busySince ??= performance.now();
        const asked = this.pooled ? unnamed(first) : first;
        // pg itself gives up a connection with a pipeline.
        if (pipeline) return query(asked, ...rest);
        const last = rest.at(-1);
        if (typeof last === 'function') rest[rest.length - 1] = this.noting(last as Callback);
        const result = query(asked, ...rest);
        if (result instanceof Promise) result.catch((error: unknown) => this.noteSilence(error));
        return result;
      },
    });
    const startup = this.internals.getStartupConf.bind(this);
    Object.defineProperty(this, 'getStartupConf', { value: () => ({ ...startup(), ...STARTUP }) });
  }

  /** @throws {SessionRefused} when answers would be misread */
  async checkSession(): Promise<void> {
    const query = { text: SESSION_QUERY, query_timeout: this.config.connectionTimeoutMillis ?? CHECK_MS };
    const { rows } = await this.query<{ pid: number; settings: string[] }>(query);
    const { pid, settings } = rows[0]!;
    assertSession(settings);
    this.pooled = pid !== this.internals.processID;
    this.backend = this.pooled ? null : pid;
  }

  /** Bytes that went either way: while this grows, the connection is alive. */
  get traffic(): number {
    const { bytesRead, bytesWritten } = this.internals.connection.stream;
    return bytesRead + bytesWritten;
  }

  /** Gives a connection up that no longer answers: what waits for answers fails, and the server is not told. */
  drop(reason: string): void {
    this.internals.connection.stream.destroy(new Error(reason));
    this.emit('silent');
  }

  /** As `drop`, of a connection on which nobody waits. */
  abandon(): void {
    this.internals.connection.stream.destroy();
  }

  /** pg stops waiting for the answer and goes on using the connection, which may be silent for good. */
  private noteSilence(error: unknown): void {
    if (!(error instanceof Error) || error.message !== READ_TIMEOUT) return;
    this.drop('no answer in time');
  }

  private noting(callback: Callback): Callback {
    return (error, ...more) => {
      this.noteSilence(error);
      callback(error, ...more);
    };
  }

  private get internals(): Internals {
    return this as unknown as Internals;
  }
}

/** A named statement is known to one server process only. */
function unnamed(query: unknown): unknown {
  if (typeof query !== 'object' || query === null || !('name' in query) || 'submit' in query) return query;
  return { ...query, name: undefined };
}
