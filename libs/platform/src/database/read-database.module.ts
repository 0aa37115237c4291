import { Module, type DynamicModule } from '@nestjs/common';
import { Health } from '../health/health';
import { LOGGER } from '../logging/logger';
import type { Logger } from '../logging/logger';
import { Metrics } from '../metrics/metrics';
import { observePool } from '../metrics/pool-metrics';
import { ReadDatabase, type ReadDatabaseOptions } from './read-database';

/** Provides `ReadDatabase` everywhere, and a readiness check `database`. */
@Module({})
export class ReadDatabaseModule {
  static with(options: ReadDatabaseOptions): DynamicModule {
    return {
      module: ReadDatabaseModule,
      global: true,
      providers: [
        {
          provide: ReadDatabase,
          inject: [LOGGER, Health, Metrics],
          useFactory: (logger: Logger, health: Health, metrics: Metrics) => {
            const database = new ReadDatabase(options, logger);
            observePool(metrics, options.name, () => database.pools.requests);
            observePool(metrics, `${options.name}-own`, () => database.pools.own);
            health.register('database', () => database.check());
            return database;
          },
        },
      ],
      exports: [ReadDatabase],
    };
  }
}
