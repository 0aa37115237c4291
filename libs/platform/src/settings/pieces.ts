import { ArrayNotEmpty, IsDefined, IsIn, IsUrl, Max, Min, ValidateBy, ValidateIf } from 'class-validator';
import { asAuthorities, asDatabaseUrl, asFlag, asInteger, asList, asNumber, asPort, asText } from './parsers';
import { Setting } from './setting';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** The settings of every app; an app's settings class extends them. */
export class AppSettings {
  @Setting('LOG_LEVEL', { parse: (text) => text.toLowerCase() as LogLevel, default: 'info' })
  @IsIn(LOG_LEVELS)
  logLevel!: LogLevel;

  /** Address to listen on. Locally the supervisor sets 127.0.0.1. */
  @Setting('LISTEN_HOST', { parse: asText, default: '0.0.0.0' })
  listenHost!: string;

  /** Where a container's port is published, which `listenHost` cannot tell. */
  @Setting('PUBLISH_HOST', { parse: asText, default: '127.0.0.1' })
  publishHost!: string;

  /** How many seconds an idle connection is kept. It must be longer than load balancers keep and reuse theirs. */
  @Setting('HTTP_KEEP_ALIVE_SECONDS', { parse: asInteger, default: 620 })
  @Min(1)
  @Max(86_400)
  keepAliveSeconds!: number;

  /** `max-age` of HSTS in seconds: browsers use only HTTPS for this long. Not sent by default. */
  @Setting('HSTS_MAX_AGE', { parse: asInteger, optional: true })
  @ValidateIf(({ hstsMaxAge }: AppSettings) => hstsMaxAge !== undefined)
  @Min(0)
  hstsMaxAge?: number;
}

/** Settings of an app that traces. */
export class TracedAppSettings extends AppSettings {
  /** Where traces are sent by OTLP over HTTP; without it nothing is traced. */
  @Setting('OTEL_EXPORTER_OTLP_ENDPOINT', { parse: asText, optional: true })
  @ValidateIf(({ otlpEndpoint }: TracedAppSettings) => otlpEndpoint !== undefined)
  @IsUrl(
    { protocols: ['http', 'https'], require_protocol: true, require_tld: false },
    { message: 'must be http://host:port or https://host:port' },
  )
  otlpEndpoint?: string;

  /** The fraction of webhooks without a trace of their own that are traced. */
  @Setting('OTEL_TRACES_SAMPLER_ARG', { parse: asNumber, default: 1 })
  @Min(0)
  @Max(1)
  traceRatio!: number;
}

const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
type SaslMechanism = (typeof SASL_MECHANISMS)[number];

/** Port 0 is only for listening; nothing can be reached at it. */
function isHostPort(broker: unknown): boolean {
  const port = /^(?:\[[0-9a-f:.]+(?:%[\w.-]+)?\]|[^\s:,@/[\]]+):(\d{1,5})$/i.exec(String(broker))?.[1];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
}

/** How to reach Kafka. */
export class KafkaSettings {
  @Setting('KAFKA_BROKERS', { parse: asList })
  @ArrayNotEmpty()
  @ValidateBy({
    name: 'hostPort',
    validator: {
      validate: (brokers: unknown) => Array.isArray(brokers) && brokers.every(isHostPort),
      defaultMessage: () =>
        'must be comma-separated host:port, with an IPv6 address in brackets, such as [2001:db8::5]:9092',
    },
  })
  brokers!: readonly string[];

  @Setting('KAFKA_SSL', { parse: asFlag, default: false })
  ssl!: boolean;

  /** The authorities that may sign the brokers' certificates, instead of those that Node knows. */
  @Setting('KAFKA_SSL_CA', { parse: asAuthorities, optional: true })
  @ValidateIf((settings: KafkaSettings) => settings.sslCa !== undefined)
  @ValidateBy({
    name: 'usedWithSsl',
    validator: {
      validate: (_value, args) => (args?.object as KafkaSettings).ssl,
      defaultMessage: () => 'is set, but KAFKA_SSL is not',
    },
  })
  sslCa?: string;

  @Setting('KAFKA_SASL_MECHANISM', {
    parse: (text) => text.toLowerCase() as SaslMechanism,
    optional: true,
  })
  @ValidateIf((settings: KafkaSettings) => settings.saslMechanism !== undefined)
  @IsIn(SASL_MECHANISMS)
  saslMechanism?: SaslMechanism;

  @Setting('KAFKA_SASL_USERNAME', { parse: asText, optional: true })
  @ValidateIf((settings: KafkaSettings) => settings.saslMechanism !== undefined)
  @IsDefined({ message: 'is missing, but KAFKA_SASL_MECHANISM is set' })
  saslUsername?: string;

  @Setting('KAFKA_SASL_PASSWORD', { parse: asText, optional: true })
  @ValidateIf((settings: KafkaSettings) => settings.saslMechanism !== undefined)
  @IsDefined({ message: 'is missing, but KAFKA_SASL_MECHANISM is set' })
  saslPassword?: string;

  /** The form that kafkajs takes. */
  get connection(): KafkaConnection {
    const { brokers, sslCa, saslMechanism, saslUsername, saslPassword } = this;
    const reach = { brokers: [...brokers], ssl: sslCa === undefined ? this.ssl : { ca: [sslCa] } };
    if (saslMechanism === undefined) return reach;
    return {
      ...reach,
      sasl: { mechanism: saslMechanism, username: saslUsername ?? '', password: saslPassword ?? '' },
    };
  }
}

interface KafkaConnection {
  readonly brokers: string[];
  /** PEM texts, instead of the authorities that Node knows. */
  readonly ssl: boolean | { readonly ca: string[] };
  readonly sasl?: {
    readonly mechanism: SaslMechanism;
    readonly username: string;
    readonly password: string;
  };
}

const DAY_MS = 86_400_000;

function AtMostSetting(property: string, setting: string): PropertyDecorator {
  return ValidateBy({
    name: 'atMostSetting',
    validator: {
      validate: (value: unknown, args) =>
        Number(value) <= Number((args?.object as Readonly<Record<string, unknown>>)[property]),
      defaultMessage: () => `must not be above ${setting}`,
    },
  });
}

/** The settings that topics are created with and must have. */
export class TopicSettings {
  @Setting('KAFKA_TOPIC_PARTITIONS', { parse: asInteger, default: 12 })
  @Min(1)
  @Max(10_000)
  partitions!: number;

  @Setting('KAFKA_REPLICATION_FACTOR', { parse: asInteger, default: 3 })
  @Min(1)
  @Max(32_767)
  replicationFactor!: number;

  @Setting('KAFKA_MIN_INSYNC_REPLICAS', { parse: asInteger, default: 2 })
  @Min(1)
  @AtMostSetting('replicationFactor', 'KAFKA_REPLICATION_FACTOR')
  minInsyncReplicas!: number;

  @Setting('KAFKA_MIN_COMPACTION_LAG_MS', { parse: asInteger, default: 7 * DAY_MS })
  @Min(0)
  @AtMostSetting('maxCompactionLagMs', 'KAFKA_MAX_COMPACTION_LAG_MS')
  minCompactionLagMs!: number;

  @Setting('KAFKA_MAX_COMPACTION_LAG_MS', { parse: asInteger, default: 14 * DAY_MS })
  @Min(1)
  maxCompactionLagMs!: number;
}

/** How to reach Postgres. */
export class DatabaseSettings {
  @Setting('DATABASE_URL', { parse: asDatabaseUrl })
  @IsUrl(
    {
      protocols: ['postgres', 'postgresql'],
      require_protocol: true,
      require_tld: false,
      require_host: false,
    },
    { message: 'must be postgres://user:password@host:port/database' },
  )
  url!: string;
}

/** A declared setting for an HTTP port; 0 lets the system choose one. */
export function PortSetting(name: string, fallback: number): PropertyDecorator {
  return Setting(name, { parse: asPort, default: fallback });
}

/** A declared setting for requests per second and token; absent means no limit. */
export function RateLimitSetting(name: string): PropertyDecorator {
  const setting = Setting(name, { parse: asInteger, optional: true });
  const optional = ValidateIf((_settings: object, value: unknown) => value !== undefined);
  return (target, property) => {
    setting(target, property);
    optional(target, property);
    Min(1)(target, property);
  };
}
