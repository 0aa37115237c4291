import {
  HealthTokenSetting,
  KafkaSettings,
  OwnHealthTokenWhenPublished,
  PortSetting,
  RateLimitSetting,
  SettingsOf,
  type TokenList,
  TopicSettings,
  TracedAppSettings,
  type TokensFile,
  type WebhookGrant,
  WebhookTokensFileSetting,
  WebhookTokensSetting,
} from '@app/platform';

export class GatewaySettings extends TracedAppSettings {
  @SettingsOf(KafkaSettings)
  kafka!: KafkaSettings;

  @SettingsOf(TopicSettings)
  topics!: TopicSettings;

  @PortSetting('GATEWAY_PORT', 3000)
  port!: number;

  @WebhookTokensSetting()
  tokens?: TokenList<WebhookGrant>;

  @WebhookTokensFileSetting()
  tokensFile?: TokensFile<WebhookGrant>;

  @RateLimitSetting('GATEWAY_RATE_LIMIT')
  rateLimit?: number;

  /** The token for the intake report, which health checks read; unset turns the report off. */
  @HealthTokenSetting()
  @OwnHealthTokenWhenPublished()
  healthToken?: string;
}
