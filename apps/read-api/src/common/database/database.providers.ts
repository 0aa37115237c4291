import { Health, LOGGER, Metrics, observePool, type Logger } from '@app/platform';
import type { Provider } from '@nestjs/common';
import { ItemLocks } from '../../feedback/triage/item-locks';
import { Diffs } from '../../pipeline/projections/diffs';
import type { ReadApiSettings } from '../../read-api.settings';
import { VIEWS } from '../../resources';
import { CommandDatabase } from './command-database';
import { ReadDatabase } from './read-database';

/** The connections to Postgres: read-only ones that requests share, those of commands, and those that hold locks. */
export function databaseProviders({
  database,
  connections,
  connectionsPerToken,
}: ReadApiSettings): Provider[] {
  return [
    {
      provide: ReadDatabase,
      inject: [LOGGER, Health, Metrics],
      useFactory: (logger: Logger, health: Health, metrics: Metrics) => {
        const reads = new ReadDatabase(
          {
            url: database.url,
            name: 'read-api',
            connections: { all: connections, perToken: connectionsPerToken },
            entities: VIEWS,
          },
          logger,
        );
        observePool(metrics, 'read-api', () => reads.pools.requests);
        observePool(metrics, 'read-api-own', () => reads.pools.own);
        health.register('database', () => reads.check());
        return reads;
      },
    },
    {
      provide: CommandDatabase,
      inject: [Metrics],
      useFactory: (metrics: Metrics) => new CommandDatabase(database.url, metrics),
    },
    { provide: Diffs, useFactory: () => new Diffs(database.url) },
    {
      provide: ItemLocks,
      inject: [Metrics],
      useFactory: (metrics: Metrics) => new ItemLocks(database.url, metrics),
    },
  ];
}
