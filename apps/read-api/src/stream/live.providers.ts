import { ALL_TOPICS } from '@app/catalog';
import { KafkaLogReader, TopicSettingsWatch } from '@app/engine-kafka';
import { LOGGER, Metrics, SECURITY_HEADERS, type Logger, type SecurityHeaders } from '@app/platform';
import type { Provider } from '@nestjs/common';
import { Activity } from '../activity/activity';
import { ACTIVITY_LIMITS } from '../activity/followed-activity';
import { ReadDatabase } from '../common/database/read-database';
import { LogTail } from '../common/log-tail/log-tail';
import { TopicRates } from '../pipeline/topics/topic-rates';
import type { ReadApiSettings } from '../read-api.settings';
import { ChangeFeed, type FeedLimits } from './change-feed';
import { readErased } from './erased';
import { readShown } from './shown';
import { StreamMetrics } from './stream.metrics';

/** What one process keeps and does for its streams, whoever they are. */
const STREAM_LIMITS: Omit<FeedLimits, 'clients'> = {
  held: 20_000,
  replayed: 100_000,
  heartbeatMs: 15_000,
  lingerMs: 60_000,
};

/** What follows the log: the stream of changes, the activity of the last minutes, and the topics' rates. */
export function liveProviders({ streams, streamsPerToken }: ReadApiSettings): Provider[] {
  return [
    {
      provide: LogTail,
      inject: [KafkaLogReader, LOGGER],
      useFactory: (log: KafkaLogReader, logger: Logger) => new LogTail(log, ALL_TOPICS, logger),
    },
    {
      provide: ChangeFeed,
      inject: [ReadDatabase, KafkaLogReader, LogTail, Metrics, LOGGER, SECURITY_HEADERS],
      useFactory: (
        reads: ReadDatabase,
        log: KafkaLogReader,
        tail: LogTail,
        metrics: Metrics,
        logger: Logger,
        headers: SecurityHeaders,
      ) =>
        new ChangeFeed({
          ...{ headers, log, tail },
          shown: () => readShown(reads.own),
          erased: () => readErased(reads.own),
          metrics: new StreamMetrics(metrics),
          logger,
          limits: { ...STREAM_LIMITS, clients: { all: streams, perToken: streamsPerToken } },
        }),
    },
    {
      provide: Activity,
      inject: [KafkaLogReader, LogTail, LOGGER],
      useFactory: (log: KafkaLogReader, tail: LogTail, logger: Logger) =>
        new Activity({ log, tail, logger, limits: ACTIVITY_LIMITS, clock: Date.now }),
    },
    {
      provide: TopicRates,
      inject: [KafkaLogReader, LOGGER, TopicSettingsWatch],
      useFactory: (log: KafkaLogReader, logger: Logger, watch: TopicSettingsWatch) =>
        new TopicRates(log, logger, watch),
    },
  ];
}
