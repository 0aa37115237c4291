import {
  AppSettings,
  DatabaseSettings,
  KafkaSettings,
  PortSetting,
  RateLimitSetting,
  ReadTokensSetting,
  SettingsOf,
  TopicSettings,
  type ReadGrant,
  type TokenList,
} from '@app/platform';

export class ReadApiSettings extends AppSettings {
  @PortSetting('READ_API_PORT', 3001)
  port!: number;

  @ReadTokensSetting()
  tokens!: TokenList<ReadGrant>;

  @RateLimitSetting('READ_API_RATE_LIMIT')
  rateLimit?: number;

  @SettingsOf(DatabaseSettings)
  database!: DatabaseSettings;

  /** For how far the logs reach, and for commands: no read waits for Kafka. */
  @SettingsOf(KafkaSettings)
  kafka!: KafkaSettings;

  @SettingsOf(TopicSettings)
  topics!: TopicSettings;
}
