import type { KafkaPatience } from '@app/engine-kafka';

/** Who looks into the log is told within seconds that it does not answer. */
export const LOOK_DEADLINE_MS = 3_000;
export const LOOK_PATIENCE: KafkaPatience = {
  connectionTimeout: 2_000,
  requestTimeout: 2_500,
  retry: { initialRetryTime: 100, retries: 1 },
};
