import {
  AppSettings,
  asInteger,
  asPublicPath,
  DatabaseSettings,
  KafkaSettings,
  PortSetting,
  RateLimitSetting,
  ReadTokensFileSetting,
  ReadTokensSetting,
  Setting,
  SettingsOf,
  SystemHealthSettings,
  TopicSettings,
  type ReadGrant,
  type TokenList,
  type TokensFile,
} from '@app/platform';
import { Min, ValidateIf } from 'class-validator';

/** Bytes of a request's line and headers: a character of an identify token, of at most 16,000, may take nine. */
export const HEAD_LIMIT = 163_840;

export class ReadApiSettings extends AppSettings {
  @PortSetting('READ_API_PORT', 3001)
  port!: number;

  /** The path below which a proxy serves the API and the console, where the proxy does not take it away. */
  @Setting('PUBLIC_PATH', { parse: asPublicPath, optional: true })
  publicPath?: string;

  @ReadTokensSetting()
  tokens?: TokenList<ReadGrant>;

  @ReadTokensFileSetting()
  tokensFile?: TokensFile<ReadGrant>;

  @RateLimitSetting('READ_API_RATE_LIMIT')
  rateLimit?: number;

  /** Connections to Postgres for requests. */
  @Setting('READ_API_CONNECTIONS', { parse: asInteger, default: 10 })
  @Min(1)
  connections!: number;

  /** How many of them one token may use while no other needs any; three quarters unless given. */
  @Setting('READ_API_CONNECTIONS_PER_TOKEN', { parse: asInteger, optional: true })
  @ValidateIf(({ connectionsPerToken }: ReadApiSettings) => connectionsPerToken !== undefined)
  @Min(1)
  connectionsPerToken?: number;

  /** Clients of the live stream at once. */
  @Setting('READ_API_STREAMS', { parse: asInteger, default: 2_000 })
  @Min(1)
  streams!: number;

  /** How many of them one token may have while no other has any; three quarters unless given. */
  @Setting('READ_API_STREAMS_PER_TOKEN', { parse: asInteger, optional: true })
  @ValidateIf(({ streamsPerToken }: ReadApiSettings) => streamsPerToken !== undefined)
  @Min(1)
  streamsPerToken?: number;

  /** Exports at once; each asks for a page at a time. */
  @Setting('READ_API_EXPORTS', { parse: asInteger, default: 16 })
  @Min(1)
  exports!: number;

  /** How many of them one token may have while no other has any; three quarters unless given. */
  @Setting('READ_API_EXPORTS_PER_TOKEN', { parse: asInteger, optional: true })
  @ValidateIf(({ exportsPerToken }: ReadApiSettings) => exportsPerToken !== undefined)
  @Min(1)
  exportsPerToken?: number;

  @SettingsOf(DatabaseSettings)
  database!: DatabaseSettings;

  /** For how far the logs reach, and for commands: no read waits for Kafka. */
  @SettingsOf(KafkaSettings)
  kafka!: KafkaSettings;

  @SettingsOf(TopicSettings)
  topics!: TopicSettings;

  @SettingsOf(SystemHealthSettings)
  systemHealth!: SystemHealthSettings;
}
