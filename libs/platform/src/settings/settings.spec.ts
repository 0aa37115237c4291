import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { loadSettings, Setting, SettingsError, SettingsOf } from './setting';
import { asInteger } from './parsers';
import {
  AppSettings,
  DatabaseSettings,
  KafkaSettings,
  PortSetting,
  RateLimitSetting,
  TopicSettings,
} from './pieces';
import { ReadTokensSetting, WebhookTokensSetting } from '../tokens/token-settings';
import type { ReadGrant, TokenList, WebhookGrant } from '../tokens/token-list';

class Everything extends AppSettings {
  @SettingsOf(KafkaSettings) kafka!: KafkaSettings;
  @SettingsOf(TopicSettings) topics!: TopicSettings;
  @SettingsOf(DatabaseSettings) database!: DatabaseSettings;
  @PortSetting('GATEWAY_PORT', 3000) port!: number;
  @WebhookTokensSetting() webhookTokens!: TokenList<WebhookGrant>;
  @ReadTokensSetting() readTokens!: TokenList<ReadGrant>;
  @RateLimitSetting('GATEWAY_RATE_LIMIT') rateLimit?: number;
}

const REQUIRED = {
  KAFKA_BROKERS: 'one:9092, [::1]:9093',
  DATABASE_URL: 'postgres://user:s3cret@localhost:5432/jimo',
  JIMO_WEBHOOK_TOKENS: 'default:w',
  READ_API_TOKENS: 'read:r',
};

function problemsOf(env: Record<string, string>): string[] {
  try {
    loadSettings(Everything, env);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map(({ setting, message }) => `${setting} ${message}`);
  }
}

describe('settings', () => {
  it('fills in the defaults of the contract', () => {
    const settings = loadSettings(Everything, REQUIRED);
    expect(settings).toMatchObject({ logLevel: 'info', port: 3000 });
    expect(settings.rateLimit).toBeUndefined();
    expect(settings.kafka.connection).toEqual({ brokers: ['one:9092', '[::1]:9093'], ssl: false });
    expect(settings.topics).toMatchObject({ partitions: 12, replicationFactor: 3, minInsyncReplicas: 2 });
  });

  it('names every missing setting at once', () => {
    const missing = problemsOf({ KAFKA_BROKERS: ' ' });
    expect(missing).toEqual([
      'JIMO_WEBHOOK_TOKENS is missing, and so is JIMO_WEBHOOK_TOKENS_FILE',
      'READ_API_TOKENS is missing, and so is READ_API_TOKENS_FILE',
      'KAFKA_BROKERS is missing',
      'DATABASE_URL is missing',
    ]);
  });

  it.each([
    ['GATEWAY_PORT', '65536'],
    ['GATEWAY_PORT', '3000x'],
    ['GATEWAY_RATE_LIMIT', '0'],
    ['LOG_LEVEL', 'loud'],
    ['KAFKA_BROKERS', 'no-port'],
    ['KAFKA_BROKERS', 'a:1,,b:2'],
    ['KAFKA_BROKERS', 'a:9092,b:99999'],
    ['KAFKA_BROKERS', 'a:0'],
    ['KAFKA_BROKERS', '::1:9092'],
    ['KAFKA_BROKERS', '[::1]'],
    ['KAFKA_BROKERS', '[kafka]:9092'],
    ['KAFKA_SSL', 'maybe'],
    ['KAFKA_SSL_CA', '/no/such/hunter2.pem'],
    ['KAFKA_SASL_MECHANISM', 'md5'],
    ['KAFKA_TOPIC_PARTITIONS', '0'],
    ['KAFKA_MIN_INSYNC_REPLICAS', '4'],
    ['KAFKA_MIN_COMPACTION_LAG_MS', '99999999999'],
    ['DATABASE_URL', 'mysql://user:hunter2@host/db'],
    ['DATABASE_URL', 'postgres://user:hunter2@host/db?sslmode=require'],
    ['DATABASE_URL', 'postgres://user:hunter2@host/db?sslmode=verify-full&sslrootcert=/no/such.pem'],
    ['JIMO_WEBHOOK_TOKENS', 'hunter2'],
    ['READ_API_TOKENS', 'root:hunter2'],
  ])('names %s when its value is refused, and does not repeat the value', (name, value) => {
    const problems = problemsOf({ ...REQUIRED, [name]: value });
    expect(problems.some((problem) => problem.startsWith(`${name} `))).toBe(true);
    expect(problems.join('\n')).not.toContain('hunter2');
  });

  it('accepts brokers and databases with IPv6 addresses', () => {
    const KAFKA_BROKERS = '[2001:db8::5]:9092,[fe80::1%eth0]:9093';
    const DATABASE_URL = 'postgresql://jimo:secret@[2001:db8::6]:5432/jimo?sslmode=no-verify';
    const settings = loadSettings(Everything, { ...REQUIRED, KAFKA_BROKERS, DATABASE_URL });
    expect(settings.kafka.brokers).toEqual(KAFKA_BROKERS.split(','));
    expect(settings.database.url).toBe(DATABASE_URL);
  });

  it('reads certificate authorities from a file, and says what is wrong with it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'jimo-settings-'));
    try {
      const [good, empty, broken] = ['good', 'empty', 'broken'].map((name) =>
        join(folder, `${name}.pem`),
      ) as [string, string, string];
      writeFileSync(good, rootCertificates.slice(0, 2).join('\n'));
      writeFileSync(empty, 'hunter2');
      writeFileSync(broken, '-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\n');
      const tls = { ...REQUIRED, KAFKA_SSL: 'true' };
      const { kafka } = loadSettings(Everything, { ...tls, KAFKA_SSL_CA: good });
      expect(kafka.connection.ssl).toEqual({ ca: [readFileSync(good, 'utf8')] });
      expect(problemsOf({ ...tls, KAFKA_SSL_CA: empty })).toEqual([
        'KAFKA_SSL_CA names a file that holds no certificate in PEM',
      ]);
      expect(problemsOf({ ...tls, KAFKA_SSL_CA: broken })).toEqual([
        'KAFKA_SSL_CA names a file that holds a certificate that cannot be parsed',
      ]);
      expect(problemsOf({ ...REQUIRED, KAFKA_SSL_CA: good })).toEqual([
        'KAFKA_SSL_CA is set, but KAFKA_SSL is not',
      ]);
      const url = `${REQUIRED.DATABASE_URL}?sslmode=verify-full&sslrootcert=`;
      expect(loadSettings(Everything, { ...REQUIRED, DATABASE_URL: url + good }).database.url).toBe(
        url + good,
      );
      expect(problemsOf({ ...REQUIRED, DATABASE_URL: url + empty })).toEqual([
        'DATABASE_URL has an sslrootcert that holds no certificate in PEM',
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('asks for the credentials that a SASL mechanism needs', () => {
    expect(problemsOf({ ...REQUIRED, KAFKA_SASL_MECHANISM: 'PLAIN' })).toEqual([
      'KAFKA_SASL_USERNAME is missing, but KAFKA_SASL_MECHANISM is set',
      'KAFKA_SASL_PASSWORD is missing, but KAFKA_SASL_MECHANISM is set',
    ]);
    const { kafka } = loadSettings(Everything, {
      ...REQUIRED,
      KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
      KAFKA_SASL_USERNAME: 'u',
      KAFKA_SASL_PASSWORD: 'p',
      KAFKA_SSL: 'true',
    });
    expect(kafka.connection).toMatchObject({
      ssl: true,
      sasl: { mechanism: 'scram-sha-512', username: 'u', password: 'p' },
    });
  });

  it('accepts port 0 for any free port', () => {
    expect(loadSettings(Everything, { ...REQUIRED, GATEWAY_PORT: '0' }).port).toBe(0);
  });

  it('does not hide a fault of a parser', () => {
    class Faulty {
      @Setting('X', {
        parse: (text) => {
          throw new TypeError(text);
        },
      })
      x!: number;
      @Setting('Y', { parse: asInteger, default: 1 }) y!: number;
    }
    expect(() => loadSettings(Faulty, { X: 'boom' })).toThrow(TypeError);
  });
});
