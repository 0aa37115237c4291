import type { KafkaPatience } from '@app/engine-kafka';
import type { FeedLimits } from './change-feed';

/** What one process keeps and does for its streams, whoever they are. */
export const STREAM_LIMITS: Omit<FeedLimits, 'clients'> = {
  held: 20_000,
  replayed: 100_000,
  heartbeatMs: 15_000,
  lingerMs: 60_000,
};

/** Who asks for a stream is told within seconds that the log does not answer. */
export const STREAM_PATIENCE: KafkaPatience = {
  connectionTimeout: 2_000,
  retry: { initialRetryTime: 100, retries: 2 },
};
