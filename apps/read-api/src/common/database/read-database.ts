import {
  databaseReason,
  databaseTrouble,
  DatabaseUnavailable,
  notReady,
  READY,
  type CheckResult,
  type Logger,
  type ObservedPool,
} from '@app/platform';
import { SessionPool } from '@app/postgres';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import * as pg from 'pg';
import type { Pool, PoolConfig } from 'pg';
import { DataSource, type EntitySchema, type ObjectLiteral, type SelectQueryBuilder } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { currentTokenKey } from '../../access/token-context';
import { currentSnapshot, inSnapshot } from '../../snapshots/snapshot-context';
import type { ShareLimits } from '../shares/shares';
import { PlannedStatements } from './planned-statements';
import { readParsers } from './read-parsers';
import { shareConnections } from './shared-pool';

export interface ReadDatabaseOptions {
  readonly url: string;
  /** Shown to the database as the application's name. */
  readonly name: string;
  readonly entities: readonly EntitySchema[];
  /** Connections for requests, and how many of them one token may use; 10 unless given. */
  readonly connections?: ShareLimits;
  /** Milliseconds a statement may take; 5,000 unless given. */
  readonly statementTimeout?: number;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const CONNECTION_LIFE_S = 600;
/** How long a request waits for a connection before it is refused. */
const CONNECT_TIMEOUT_MS = 2_000;
const CONNECTIONS = 10;
const STATEMENT_TIMEOUT_MS = 5_000;
/** Requests of one token that wait for a connection; those beyond it would wait for longer than they may. */
const MOST_WAITING = 1_000;
/** Readiness, the watch of checkpoints and the stream ask one question at a time each. */
const OWN_CONNECTIONS = 3;

/** Connections that requests do not use. */
export interface OwnConnections {
  /** @param parameters values of $1, $2, … */
  query<T>(sql: string, parameters?: readonly unknown[]): Promise<T[]>;
  /** As `planned` of the read database. */
  planned<T>(sql: string, parameters: readonly unknown[]): Promise<T[]>;
}

/**
 * Postgres for reading, through TypeORM. The app starts without it: until a connection succeeds, and whenever
 * the database is away later, queries throw what `databaseProblem` turns into a 503. Sessions are read-only.
 *
 * Types: timestamptz comes as epoch milliseconds, bigint as number, date as YYYY-MM-DD, json as its text.
 */
export class ReadDatabase implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly statements = new PlannedStatements();
  private readonly ownStatements = new PlannedStatements();
  private connected: DataSource | null = null;
  private shared: ObservedPool | null = null;
  private ownConnections: Pool | null = null;
  private retry: NodeJS.Timeout | undefined;
  private closed = false;
  /** Why the last attempt to connect failed. */
  private refusal: unknown;

  constructor(
    private readonly options: ReadDatabaseOptions,
    private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.connect(FIRST_PAUSE_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    await Promise.all([this.connected?.destroy(), this.ownConnections?.end()]);
  }

  /** @throws {DatabaseUnavailable} before the first connection */
  get source(): DataSource {
    if (!this.connected) throw new DatabaseUnavailable('not connected yet', { cause: this.refusal });
    return this.connected;
  }

  /** A query over the rows of an entity. */
  rows<T extends ObjectLiteral>(entity: EntitySchema<T>, alias: string): SelectQueryBuilder<T> {
    return this.source.createQueryBuilder(entity, alias);
  }

  /** @param parameters values of $1, $2, … */
  async query<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return this.source.query<T[]>(sql, [...parameters]);
  }

  /**
   * Like `query`, for statements whose text is one of few: each connection parses it once, and Postgres plans it
   * once where no plan for certain values would be better. A switch of generations meanwhile goes unnoticed.
   */
  async planned<T>(sql: string, parameters: readonly unknown[]): Promise<T[]> {
    return this.statements.run<T>(poolOf(this.source), sql, parameters);
  }

  /**
   * For what the process asks for itself, readiness above all: however many requests wait for a connection, and however
   * slow they are, it does not wait for them.
   */
  readonly own: OwnConnections = {
    query: async (sql: string, parameters: readonly unknown[] = []) => {
      const { rows } = await this.ownPool.query<never>(sql, [...parameters]);
      return rows;
    },
    planned: (sql, parameters) => this.ownStatements.run(this.ownPool, sql, parameters),
  };

  /** The pools of requests and of the process itself; null before the first connection. */
  get pools(): { readonly requests: ObservedPool | null; readonly own: ObservedPool | null } {
    return { requests: this.shared, own: this.ownConnections };
  }

  async check(): Promise<CheckResult> {
    try {
      await this.own.query('SELECT 1');
      return READY;
    } catch (error) {
      return notReady(databaseTrouble(error instanceof DatabaseUnavailable ? error.cause : error));
    }
  }

  private get ownPool(): Pool {
    if (!this.ownConnections) throw new DatabaseUnavailable('not connected yet', { cause: this.refusal });
    return this.ownConnections;
  }

  private async connect(pause: number): Promise<void> {
    const source = dataSource(this.options, this.logger);
    try {
      await source.initialize();
    } catch (error) {
      this.refusal = error;
      this.logger.warn(
        { reason: databaseReason(error), retryInMs: pause },
        'no connection to the database yet',
      );
      if (this.closed) return;
      this.retry = setTimeout(() => void this.connect(Math.min(pause * 2, LONGEST_PAUSE_MS)), pause);
      return;
    }
    if (this.closed) return source.destroy();
    const { connections = { all: CONNECTIONS } } = this.options;
    this.shared = shareConnections(poolOf(source), {
      limits: { ...connections, waiting: MOST_WAITING },
      patience: CONNECT_TIMEOUT_MS,
      tokenKey: currentTokenKey,
      rewrite: () => {
        const snapshot = currentSnapshot();
        return snapshot === undefined ? undefined : (sql) => inSnapshot(sql, snapshot);
      },
    });
    this.ownConnections = ownPool(this.options, this.logger);
    this.connected = source;
  }
}

function poolOf({ driver }: DataSource): Pool {
  return (driver as PostgresDriver).master as Pool;
}

function dataSource(options: ReadDatabaseOptions, logger: Logger): DataSource {
  const { ReadPool, settings } = driver(options);
  return new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: options.name,
    poolSize: options.connections?.all ?? CONNECTIONS,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    entities: [...options.entities],
    installExtensions: false,
    synchronize: false,
    poolErrorHandler: (error: Error) => reportBroken(logger, error),
    driver: { ...pg, Pool: ReadPool },
    extra: settings,
  });
}

function ownPool(options: ReadDatabaseOptions, logger: Logger): Pool {
  const { ReadPool, settings } = driver(options);
  const pool = new ReadPool({
    connectionString: options.url,
    application_name: options.name,
    max: OWN_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...settings,
  });
  pool.on('error', (error) => reportBroken(logger, error));
  return pool;
}

function reportBroken(logger: Logger, { message }: Error): void {
  logger.warn({ reason: message }, 'a database connection broke');
}

/** The pool of both kinds of connections, and what every connection has. */
function driver({ statementTimeout = STATEMENT_TIMEOUT_MS }: ReadDatabaseOptions) {
  class ReadPool extends SessionPool {
    constructor(config: PoolConfig) {
      super({
        ...config,
        session: {
          statement_timeout: String(statementTimeout),
          lock_timeout: '0',
          idle_in_transaction_session_timeout: '60s',
          default_transaction_read_only: 'on',
          plan_cache_mode: 'auto',
        },
      });
    }
  }
  const settings = {
    types: readParsers(pg.types),
    // The server cancels a slow statement; the client gives up on a server that does not even do that.
    query_timeout: statementTimeout + 3_000,
    // A primary that has become a standby goes on answering, with data that grows old.
    maxLifetimeSeconds: CONNECTION_LIFE_S,
  };
  return { ReadPool, settings };
}
