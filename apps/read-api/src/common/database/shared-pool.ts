import type { Pool, PoolClient } from 'pg';
import { type ObservedPool, tooManyRequests, unavailable, DatabaseUnavailable } from '@app/platform';
import { Turns, type TurnLimits } from '../shares/turns';

type Connected = (error: Error | undefined, client?: PoolClient, release?: PoolClient['release']) => void;

const RETRY_SECONDS = 1;
const noRelease = (): void => undefined;

export interface SharedPoolOptions {
  readonly limits: TurnLimits;
  /** Milliseconds that a token waits for a connection. */
  readonly patience: number;
  /** Who asks now. */
  readonly tokenKey: () => string;
  /** Changes the statements of whoever asks now; undefined: they stay as they are. */
  readonly rewrite?: () => ((sql: string) => string) | undefined;
}

/**
 * Lets tokens share the connections of a pool, whose own queue knows only who came first: from now on whoever connects
 * waits for a turn of the token.
 *
 * @returns the pool as metrics see it, with those that wait for a turn
 */
export function shareConnections(pool: Pool, options: SharedPoolOptions): ObservedPool {
  const turns = new Turns(options.limits);
  const connect = pool.connect.bind(pool) as (callback: Connected) => void;
  const connectInTurn = async (): Promise<PoolClient> => {
    const rewrite = options.rewrite?.();
    const turn = await turns.take(options.tokenKey(), options.patience);
    if ('why' in turn) {
      // Nobody who has a connection gets on either: it is not the token that asks for too much.
      if (turn.why === 'too-late' && !turn.moved) throw new DatabaseUnavailable('no connection became free');
      if (turn.why === 'too-late' && turn.held === 0)
        throw unavailable('All connections to the database are in use.', RETRY_SECONDS);
      throw tooManyRequests(
        RETRY_SECONDS,
        'Too many requests with this token at once: its share of the connections to the database is in use.',
      );
    }
    return new Promise((resolve, reject) => {
      connect((error, client) => {
        if (error || !client) {
          turn.giveBack();
          return reject(error ?? new DatabaseUnavailable('no connection'));
        }
        const release = client.release.bind(client);
        const asBefore = rewrite && rewriting(client, rewrite);
        client.release = (broken) => {
          asBefore?.();
          release(broken);
          turn.giveBack();
        };
        resolve(client);
      });
    });
  };
  pool.connect = ((callback?: Connected) => {
    const connected = connectInTurn();
    if (!callback) return connected;
    connected.then(
      (client) => callback(undefined, client, (broken) => client.release(broken)),
      (error: Error) => callback(error, undefined, noRelease),
    );
    return undefined;
  }) as Pool['connect'];
  return {
    get totalCount() {
      return pool.totalCount;
    },
    get idleCount() {
      return pool.idleCount;
    },
    get waitingCount() {
      return pool.waitingCount + turns.waiting;
    },
    options: pool.options,
  };
}

/**
 * Changes every statement that a client sends until what it returns is called. A statement with a name loses it: the
 * connection knows another text by that name.
 */
function rewriting(client: PoolClient, rewrite: (sql: string) => string): () => void {
  const query = client.query.bind(client) as (...asked: unknown[]) => unknown;
  const changed = (asked: unknown): unknown => {
    if (typeof asked === 'string') return rewrite(asked);
    // The driver's own form of a statement that came through here as a text.
    if (typeof (asked as { readonly submit?: unknown }).submit === 'function') return asked;
    return {
      ...(asked as object),
      name: undefined,
      text: rewrite((asked as { readonly text: string }).text),
    };
  };
  const own = Object.getOwnPropertyDescriptor(client, 'query');
  Object.assign(client, { query: (asked: unknown, ...more: unknown[]) => query(changed(asked), ...more) });
  return () => {
    if (own) Object.defineProperty(client, 'query', own);
    else Reflect.deleteProperty(client, 'query');
  };
}
