import { delimiter } from 'node:path';

import type { AppDescription } from './apps';
import type { StartSettings } from './start-settings';
import type { ReachedKafka } from './system-file';

export interface Reach {
  readonly kafka: ReachedKafka;
  readonly databaseUrl: string;
}

/**
 * How an environment says to reach a Kafka. The encryption and the login of one that was started here are not those
 * that the environment may have for another.
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

/** Set by npm for its own scripts, or by whoever runs a test: none of it is meant for the apps. */
const FOREIGN = /^(npm_|INIT_CWD$|NODE_OPTIONS$|JEST_|SUPERVISED$|NODE_ENV$|NODE_CHANNEL_)/i;
const KAFKA_CREDENTIALS = /^KAFKA_(SSL|SSL_CA|SASL_.*)$/;
const SECRETS = /^(JIMO_WEBHOOK_TOKENS(_FILE)?|READ_API_TOKENS(_FILE)?|DATABASE_URL|HEALTH_TOKEN)$/;

const without = (env: NodeJS.ProcessEnv, pattern: RegExp): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !pattern.test(name)));

/** The environment of every child: the starter's, less npm's additions. */
export function cleanEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const clean = without(env, FOREIGN);
  // npm puts a .bin folder of every ancestor on the PATH; the first, with the right Node, is enough.
  const [first, ...rest] = (env['PATH'] ?? '').split(delimiter);
  const path = rest.filter((folder) => !/node_modules[\\/](\.bin|@npmcli|npm[\\/])/.test(folder));
  return { ...clean, PATH: [first, ...path].join(delimiter) };
}

/** What provisioning (topics, migrations) needs: both servers, and no tokens. */
export function provisioningEnvironment(env: NodeJS.ProcessEnv, reach: Reach): NodeJS.ProcessEnv {
  return {
    // One broker; a cluster of the user's own needs settings of its own.
    ...{ KAFKA_REPLICATION_FACTOR: '1', KAFKA_MIN_INSYNC_REPLICAS: '1' },
    ...kafkaEnvironment(reach.kafka, without(env, SECRETS)),
    DATABASE_URL: reach.databaseUrl,
  };
}

/** What the apps of this machine are watched with. */
export interface Watch {
  /** As HEALTH_APPS has it. */
  readonly apps: string;
  readonly token: string;
  readonly gatewayUrl: string;
  /** Comma-separated: those for invented events. */
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
    // Where Jimo reaches it is another address than this machine's own.
    ...needs('watch', 'GATEWAY_URL', env['GATEWAY_URL']?.trim() || watch.gatewayUrl),
  };
}
