import { ALL_TOPICS } from '@app/catalog';
import { createKafka, ensureTopics, isTransient, withAdmin, type TopicRequirements } from '@app/engine-kafka';
import { createLogger, KafkaSettings, loadSettings, SettingsOf, TopicSettings } from '@app/platform';
import type { Kafka } from 'kafkajs';
import { setTimeout as pause } from 'node:timers/promises';

import { environmentOf } from './connection';
import type { Where } from './with-pool';

class TopicsSettings {
  @SettingsOf(KafkaSettings) kafka!: KafkaSettings;
  @SettingsOf(TopicSettings) topics!: TopicSettings;
}

const PATIENCE_MS = 60_000;

/**
 * Where Kafka is, and what its topics must be: as the environment says, or as the system that `npm start` runs has it.
 *
 * @throws {SettingsError} {CannotStart}
 */
export function topicsSettings(dataDir: string): TopicsSettings {
  return loadSettings(TopicsSettings, environmentOf(dataDir, ['KAFKA_BROKERS']));
}

/**
 * Creates the topics that are missing and checks the others. Safe to repeat.
 * @throws {SettingsError} {TopicMismatch} and what Kafka says, when it says so for a minute
 */
export async function topics({ dataDir }: Where): Promise<void> {
  const settings = topicsSettings(dataDir);
  const log = createLogger('ops-topics', 'error');
  const kafka = createKafka(settings.kafka.connection, 'ops-topics', log);
  await provideTopics(kafka, ALL_TOPICS, settings.topics);
  process.stdout.write(`the topics are there: ${ALL_TOPICS.join(', ')}\n`);
}

/**
 * Creates the topics that are missing and checks the others, for up to a minute.
 * @throws {TopicMismatch} and what Kafka says, when it says so for a minute
 */
export async function provideTopics(
  kafka: Kafka,
  names: readonly string[],
  requirements: TopicRequirements,
): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await withAdmin(kafka, (admin) => ensureTopics(admin, names, requirements));
    } catch (error) {
      // A topic that was just created is not known to every broker yet; a broker may still be starting.
      if (!isTransient(error) || Date.now() > deadline) throw error;
      await pause(250);
    }
  }
}
