import { createKafka, KafkaLogReader, LogLook, TopicSettingsWatch } from '@app/engine-kafka';
import { LOGGER, Metrics, SECURITY_HEADERS, type Logger, type SecurityHeaders } from '@app/platform';
import type { Provider } from '@nestjs/common';
import { Activity } from '../activity/activity';
import { ACTIVITY_LIMITS } from '../activity/activity.limits';
import { ReadDatabase } from '../database/read-database';
import { TopicRates } from '../pipeline/topics/topic-rates';
import type { ReadApiSettings } from '../read-api.settings';
import { ChangeFeed } from './change-feed';
import { readErased } from './erased';
import { readShown } from './shown';
import { STREAM_LIMITS, STREAM_PATIENCE } from './stream.limits';
import { StreamMetrics } from './stream.metrics';

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
