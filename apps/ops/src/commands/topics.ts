import { ALL_TOPICS } from '@app/catalog';
import { createKafka, ensureTopics } from '@app/engine-kafka';
import { createLogger, KafkaSettings, loadSettings, SettingsOf, TopicSettings } from '@app/platform';

class TopicsSettings {
  @SettingsOf(KafkaSettings) kafka!: KafkaSettings;
  @SettingsOf(TopicSettings) topics!: TopicSettings;
}

/**
 * Creates the topics that are missing and checks the others. Safe to repeat.
 * @throws {SettingsError} {TopicMismatch} and what Kafka says
 */
export async function topics(): Promise<void> {
  const settings = loadSettings(TopicsSettings, process.env);
  const log = createLogger('ops-topics', 'warn');
  const admin = createKafka(settings.kafka.connection, 'ops-topics', log).admin();
  try {
    await admin.connect();
    await ensureTopics(admin, ALL_TOPICS, settings.topics);
    process.stdout.write(`the topics are there: ${ALL_TOPICS.join(', ')}\n`);
  } finally {
    await admin.disconnect();
  }
}
