import { commandPool, Jobs, PostgresDeadLetters } from '@app/engine-postgres';
import { observePool, type Metrics } from '@app/platform';
import { PROJECTIONS } from '@app/projections';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';

/** A rollback holds one connection while it works with another. */
const CONNECTIONS = 4;

/**
 * Postgres for commands: jobs that are asked for, pauses, rollbacks, discards. A pool apart from that of
 * ReadDatabase, whose sessions are read-only; read models are written by neither.
 */
export class CommandDatabase implements OnApplicationShutdown {
  readonly pool: Pool;
  readonly jobs: Jobs;
  readonly deadLetters: PostgresDeadLetters;

  constructor(databaseUrl: string, metrics: Metrics) {
    this.pool = commandPool(databaseUrl, 'read-api-commands', CONNECTIONS);
    observePool(metrics, 'read-api-commands', () => this.pool);
    this.jobs = new Jobs(this.pool);
    this.deadLetters = new PostgresDeadLetters(this.pool, PROJECTIONS);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool.end();
  }
}
