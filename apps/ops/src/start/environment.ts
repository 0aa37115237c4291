import { delimiter } from 'node:path';

import type { AppDescription } from './apps';
import type { StartSettings } from './start-settings';
import type { ReachedKafka } from './system-file';

export interface Reach {
  readonly kafka: ReachedKafka;
  readonly databaseUrl: string;
}

/**
 * The settings of a Kafka connection. A Kafka that was started here has its own encryption and login, not those that the
 * environment may have for another.
 */
export function kafkaEnvironment(
  { brokers, managed, sasl }: ReachedKafka,
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  return {
    ...(managed ? without(env, KAFKA_CREDENTIALS) : env),
    KAFKA_BROKERS: brokers,
    ...(sasl && {
      KAFKA_SASL_MECHANISM: sasl.mechanism,
      KAFKA_SASL_USERNAME: sasl.username,
      KAFKA_SASL_PASSWORD: sasl.password,
    }),
  };
}

/** Variables of npm or of a test run, which are not meant for the apps. */
const FOREIGN = /^(npm_|INIT_CWD$|NODE_OPTIONS$|JEST_|SUPERVISED$|NODE_ENV$|NODE_CHANNEL_)/i;
const KAFKA_CREDENTIALS = /^KAFKA_(SSL|SSL_CA|SASL_.*)$/;
const SECRETS = /^(JIMO_WEBHOOK_TOKENS(_FILE)?|READ_API_TOKENS(_FILE)?|DATABASE_URL|HEALTH_TOKEN)$/;

const without = (env: NodeJS.ProcessEnv, pattern: RegExp): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !pattern.test(name)));

/** The environment of every child: the starter's without npm's additions. */
export function cleanEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const clean = without(env, FOREIGN);
  // npm puts the .bin folder of every ancestor on the PATH; only the first, with the right Node, is needed.
  const [first, ...rest] = (env['PATH'] ?? '').split(delimiter);
  const path = rest.filter((folder) => !/node_modules[\\/](\.bin|@npmcli|npm[\\/])/.test(folder));
  return { ...clean, PATH: [first, ...path].join(delimiter) };
}

/** The environment of provisioning (topics, migrations): both servers, and no tokens. */
export function provisioningEnvironment(env: NodeJS.ProcessEnv, reach: Reach): NodeJS.ProcessEnv {
  return {
    // For one broker; a user's own cluster needs its own settings.
    ...{ KAFKA_REPLICATION_FACTOR: '1', KAFKA_MIN_INSYNC_REPLICAS: '1' },
    ...kafkaEnvironment(reach.kafka, without(env, SECRETS)),
    DATABASE_URL: reach.databaseUrl,
  };
}

/** The settings for watching the apps of this machine. */
export interface Watch {
  /** In the format of HEALTH_APPS. */
  readonly apps: string;
  readonly token: string;
  readonly gatewayUrl: string;
  /** The workspaces for generated events, comma-separated. */
  readonly idleWorkspaces: string;
}

/** An app's environment: the settings of the contract, each secret only where it is needed. */
export function appEnvironment(
  app: AppDescription,
  port: number,
  env: NodeJS.ProcessEnv,
  settings: StartSettings,
  reach: Reach,
  watch: Watch,
): NodeJS.ProcessEnv {
  const needs = (what: AppDescription['needs'][number], name: string, value: string | undefined) =>
    app.needs.includes(what) && value !== undefined ? { [name]: value } : {};
  return {
    ...without(provisioningEnvironment(env, reach), /^DATABASE_URL$/),
    LISTEN_HOST: '127.0.0.1',
    [app.portSetting]: String(port),
    ...needs('database', 'DATABASE_URL', reach.databaseUrl),
    ...needs('webhook-tokens', 'JIMO_WEBHOOK_TOKENS', settings.webhookTokens),
    ...needs('webhook-tokens', 'JIMO_WEBHOOK_TOKENS_FILE', settings.webhookTokensFile),
    ...needs('read-tokens', 'READ_API_TOKENS', settings.readTokens),
    ...needs('read-tokens', 'READ_API_TOKENS_FILE', settings.readTokensFile),
    ...needs('health-token', 'HEALTH_TOKEN', watch.token),
    ...needs('watch', 'HEALTH_APPS', watch.apps),
    ...needs('watch', 'HEALTH_IDLE_WORKSPACES', watch.idleWorkspaces),
    // Jimo reaches the gateway at another address than this machine's own.
    ...needs('watch', 'GATEWAY_URL', env['GATEWAY_URL']?.trim() || watch.gatewayUrl),
  };
}
