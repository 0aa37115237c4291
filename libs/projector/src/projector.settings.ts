import { AppSettings, DatabaseSettings, KafkaSettings, SettingsOf, TopicSettings } from '@app/platform';

/** What every projector app is configured by; the app adds its own HTTP port. */
export abstract class ProjectorSettings extends AppSettings {
  @SettingsOf(KafkaSettings)
  kafka!: KafkaSettings;

  @SettingsOf(TopicSettings)
  topics!: TopicSettings;

  @SettingsOf(DatabaseSettings)
  database!: DatabaseSettings;

  /** Of health and metrics. */
  abstract readonly port: number;
}
