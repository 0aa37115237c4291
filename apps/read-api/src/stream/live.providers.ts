import {
  createKafka,
  KafkaLogReader,
  LogLook,
  TopicSettingsWatch,
  type KafkaPatience,
} from '@app/engine-kafka';
import { LOGGER, Metrics, SECURITY_HEADERS, type Logger, type SecurityHeaders } from '@app/platform';
import type { Provider } from '@nestjs/common';
import { Activity } from '../activity/activity';
import { ACTIVITY_LIMITS } from '../activity/followed-activity';
import { ReadDatabase } from '../common/database/read-database';
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

/** Who asks for a stream is told within seconds that the log does not answer. */
const STREAM_PATIENCE: KafkaPatience = {
  connectionTimeout: 2_000,
  retry: { initialRetryTime: 100, retries: 2 },
};

/** What follows the log: the stream of changes, the activity of the last minutes, and the topics' rates. */
export function liveProviders({ kafka, streams, streamsPerToken }: ReadApiSettings): Provider[] {
  const reader = (name: string, logger: Logger): KafkaLogReader =>
    new KafkaLogReader(createKafka(kafka.connection, name, logger, STREAM_PATIENCE), name);
  return [
    {
      provide: ChangeFeed,
      inject: [ReadDatabase, Metrics, LOGGER, SECURITY_HEADERS],
      useFactory: (reads: ReadDatabase, metrics: Metrics, logger: Logger, headers: SecurityHeaders) =>
        new ChangeFeed({
          headers,
          log: reader('read-api-stream', logger),
          shown: () => readShown(reads.own),
          erased: () => readErased(reads.own),
          metrics: new StreamMetrics(metrics),
          logger,
          limits: { ...STREAM_LIMITS, clients: { all: streams, perToken: streamsPerToken } },
        }),
    },
    {
      provide: Activity,
      inject: [LogLook, LOGGER],
      useFactory: (look: LogLook, logger: Logger) =>
        new Activity({
          log: reader('read-api-activity', logger),
          ...{ look, logger, limits: ACTIVITY_LIMITS, clock: Date.now },
        }),
    },
    {
      provide: TopicRates,
      inject: [LogLook, LOGGER, TopicSettingsWatch],
      useFactory: (look: LogLook, logger: Logger, watch: TopicSettingsWatch) =>
        new TopicRates(look, logger, watch),
    },
  ];
}
