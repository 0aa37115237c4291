import { Module, type DynamicModule } from '@nestjs/common';
import { Health, LOGGER, type Logger, Metrics, observePool } from '@app/platform';
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
