import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { SessionClient } from './session-client';
import { refusesOptions, startupOptions } from './session';
import { StatementWatch, type WatchTimes } from './statement-watch';

export interface SessionPoolConfig extends PoolConfig {
  /** Settings of its sessions beside those that are pinned for all. */
  readonly session: Readonly<Record<string, string>>;
  /** Whether statements that have no time-out are watched, so that a connection that died silently is noticed. */
  readonly watched?: WatchTimes;
  readonly pipeline?: boolean | undefined;
}

type Connected = (error: Error | undefined, client: PoolClient | undefined, release: () => void) => void;

/** What the types of `pg-pool` do not know. */
interface PoolInternals {
  readonly _idle: readonly { readonly client: SessionClient }[];
  readonly _remove: (this: unknown, client: SessionClient) => void;
}

/** TCP keepalives begin after this time of silence, so that proxies do not forget the connection. */
const KEEPALIVE_MS = 10_000;

/**
 * Connections whose sessions are as ours must be: see `session.ts`. It asks the server once per connection, and never
 * per query. Behind a pooler that refuses the settings of a session, it connects without most of them and checks that
 * answers are not misread.
 */
export class SessionPool extends Pool {
  private readonly watch: StatementWatch | null;

  constructor({ session, watched, ...config }: SessionPoolConfig) {
    super({
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEPALIVE_MS,
      ...config,
      options: startupOptions(session),
      Client: SessionClient,
      onConnect: (client: SessionClient) => client.checkSession(),
    } as object);
    // A connection that breaks is replaced at its next use, and the query on it fails. Without a listener on the
    // pool (idle) and on the client (checked out, between two queries) it would end the process.
    this.on('error', () => undefined);
    const open = new Set<SessionClient>();
    this.on('connect', (connected) => {
      const client = connected as unknown as SessionClient;
      client.on('error', () => undefined);
      // What made one connection silent, a failover say, has made the others silent as a rule.
      client.on('silent' as 'end', () => this.abandonIdle());
      open.add(client);
    });
    this.on('remove', (client) => open.delete(client as unknown as SessionClient));
    this.watch = watched ? new StatementWatch(() => open, this.options, watched) : null;
  }

  /** What statements have been waiting for in vain for some ten seconds, or null. Null as well when not watched. */
  get trouble(): string | null {
    return this.watch?.trouble ?? null;
  }

  /** Whether the server is working on a statement that takes long, as far as was seen last. */
  get isAtWork(): boolean {
    return this.watch?.isAtWork ?? false;
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<PoolClient> | void {
    if (callback === undefined)
      return super.connect().catch((error: unknown) => {
        if (!this.giveUpOptions(error)) throw error;
        return super.connect();
      });
    super.connect((error, client, release) => {
      if (error && this.giveUpOptions(error)) super.connect(callback as never);
      else callback(error, client, release);
    });
  }

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | void {
    this.watch?.stop();
    return callback === undefined ? super.end() : super.end(callback);
  }

  private abandonIdle(): void {
    // At once, so that none of them is handed out before its end has been noticed.
    const { _idle: idle, _remove: remove } = this as unknown as PoolInternals;
    for (const { client } of [...idle]) {
      remove.call(this, client);
      client.abandon();
    }
  }

  /** @returns whether connecting again makes sense */
  private giveUpOptions(error: unknown): boolean {
    if (!refusesOptions(error)) return false;
    delete (this.options as { options?: string }).options;
    return true;
  }
}
