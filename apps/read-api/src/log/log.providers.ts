import { createKafka, KafkaLogReader, type KafkaPatience } from '@app/engine-kafka';
import { LOGGER, type Logger } from '@app/platform';
import type { Provider } from '@nestjs/common';
import type { ReadApiSettings } from '../read-api.settings';
import type { ScanLimits } from './backward-scan';
import { KnownPositionsQuery } from './known-positions';
import { LogErased } from './log-erased';
import { LogSearch } from './log-search';
import { LogTurns } from './log-turns';

/** A search fails within seconds when Kafka does not answer. */
const DEADLINE_MS = 3_000;
const PATIENCE: KafkaPatience = {
  connectionTimeout: 2_000,
  requestTimeout: 2_500,
  retry: { initialRetryTime: 100, retries: 1 },
};

/** What a page of the log may read. */
const LIMITS: ScanLimits = {
  records: 50_000,
  bytes: 64 << 20,
  milliseconds: 1_500,
  buffered: 10_000,
  bufferedBytes: 32 << 20,
};
/** Searches at once. */
const TURNS = { all: 4, waiting: 16 };

/** The search of the log, which has connections of its own: what it fetches is large. */
export function logProviders({ kafka, topics }: ReadApiSettings): Provider[] {
  return [
    LogErased,
    KnownPositionsQuery,
    { provide: LogTurns, useValue: new LogTurns(TURNS) },
    {
      provide: LogSearch,
      inject: [LogErased, KnownPositionsQuery, LogTurns, LOGGER],
      useFactory: (erased: LogErased, known: KnownPositionsQuery, turns: LogTurns, logger: Logger) =>
        new LogSearch({
          log: new KafkaLogReader(
            createKafka(kafka.connection, 'read-api-log', logger, PATIENCE),
            DEADLINE_MS,
          ),
          ...{ erased, known, turns, limits: LIMITS, partitions: topics.partitions },
        }),
    },
  ];
}
