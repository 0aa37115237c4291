import { Module, type DynamicModule } from '@nestjs/common';
import { Health } from '../health/health';
import { LOGGER } from '../logging/logger';
import type { Logger } from '../logging/logger';
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
          inject: [LOGGER, Health],
          useFactory: (logger: Logger, health: Health) => {
            const database = new ReadDatabase(options, logger);
            health.register('database', () => database.check());
            return database;
          },
        },
      ],
      exports: [ReadDatabase],
    };
  }
}
