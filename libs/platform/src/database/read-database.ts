import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Pool, PoolConfig } from 'pg';
import type { DataSource, EntitySchema, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { notReady, READY, type CheckResult } from '../health/health';
import type { Logger } from '../logging/logger';
import { DatabaseUnavailable } from './database-problem';
import { databaseReason, databaseTrouble } from './database-reason';
import { PlannedStatements } from './planned-statements';
import { readParsers } from './read-parsers';

export interface ReadDatabaseOptions {
  readonly url: string;
  /** Shown to the database as the application's name. */
  readonly name: string;
  readonly entities: readonly EntitySchema[];
  /** Connections at most; 10 unless given. */
  readonly connections?: number;
  /** Milliseconds a statement may take; 5,000 unless given. */
  readonly statementTimeout?: number;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const CONNECTION_LIFE_S = 600;
/** How long a request waits for a connection before it is answered 503. */
const CONNECT_TIMEOUT_MS = 2_000;

/**
 * Postgres for reading, through TypeORM. The app starts without it: until a connection succeeds, and whenever
 * the database is away later, queries throw what `databaseProblem` turns into a 503. Sessions are read-only.
 *
 * Types: timestamptz comes as epoch milliseconds, bigint as number, date as YYYY-MM-DD, json as its text.
 */
export class ReadDatabase implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly statements = new PlannedStatements();
  private connected: DataSource | null = null;
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
    await this.connected?.destroy();
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

  /** null before the first connection. */
  get pool(): Pool | null {
    return this.connected && poolOf(this.connected);
  }

  async check(): Promise<CheckResult> {
    try {
      await this.query('SELECT 1');
      return READY;
    } catch (error) {
      return notReady(databaseTrouble(error instanceof DatabaseUnavailable ? error.cause : error));
    }
  }

  private async connect(pause: number): Promise<void> {
    const source = await dataSource(this.options, this.logger);
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
    if (this.closed) await source.destroy();
    else this.connected = source;
  }
}

function poolOf({ driver }: DataSource): Pool {
  return (driver as PostgresDriver).master as Pool;
}

async function dataSource(options: ReadDatabaseOptions, logger: Logger): Promise<DataSource> {
  // Not loaded before it is used: an app without a database carries no driver.
  const [typeorm, pg, { SessionPool }] = await Promise.all([
    import('typeorm'),
    import('pg'),
    import('@app/postgres'),
  ]);
  const statementTimeout = options.statementTimeout ?? 5_000;
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
  return new typeorm.DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: options.name,
    poolSize: options.connections ?? 10,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    entities: [...options.entities],
    installExtensions: false,
    synchronize: false,
    poolErrorHandler: (error: Error) => logger.warn({ reason: error.message }, 'a database connection broke'),
    driver: { ...pg, Pool: ReadPool },
    extra: {
      types: readParsers(pg.types),
      // The server cancels a slow statement; the client gives up on a server that does not even do that.
      query_timeout: statementTimeout + 3_000,
      // A primary that has become a standby goes on answering, with data that grows old.
      maxLifetimeSeconds: CONNECTION_LIFE_S,
    },
  });
}
