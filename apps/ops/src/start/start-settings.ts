import { isAbsolute, join, resolve } from 'node:path';

import { InvalidArgumentError, Option } from 'commander';

/** What `start` takes from the environment (or as a flag) beyond what it hands to the apps as it is. */
export interface StartSettings {
  readonly dataDir: string;
  readonly gatewayPort: number;
  readonly readApiPort: number;
  readonly journeyProjectorPort?: number;
  readonly experienceProjectorPort?: number;
  readonly feedbackProjectorPort?: number;
  readonly kafkaPort?: number;
  readonly postgresPort?: number;
  readonly kafkaBrokers?: string;
  readonly databaseUrl?: string;
  readonly webhookTokens?: string;
  readonly webhookTokensFile?: string;
  readonly readTokens?: string;
  readonly readTokensFile?: string;
}

// An empty variable counts as none, as in the apps.
const text = (value: string, before: string | undefined) => value.trim() || before;

const path = (value: string, before: string | undefined) => (value.trim() ? resolve(value.trim()) : before);

const port = (value: string, before: number | undefined) => {
  if (value.trim() === '') return before;
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) {
    throw new InvalidArgumentError('It must be a port from 0 (any free one) to 65535.');
  }
  return Number(value);
};

const option = (flags: string, setting: string, what: string) => new Option(flags, what).env(setting);

export const dataDirOption = (): Option =>
  option('--data-dir <folder>', 'DATA_DIR', 'where data, passwords and logs are kept')
    .default('.data')
    .argParser(text);

/**
 * Ports without a default are their usual ones, or free ones where those are taken, or where gateway and read API have
 * other ports than their usual ones (supervisor.ts).
 */
export const startOptions = (): Option[] => [
  dataDirOption(),
  option('--gateway-port <port>', 'GATEWAY_PORT', 'of the gateway').default(3000).argParser(port),
  option('--read-api-port <port>', 'READ_API_PORT', 'of the read API').default(3001).argParser(port),
  option('--journey-projector-port <port>', 'JOURNEY_PROJECTOR_PORT', 'of its health').argParser(port),
  option('--experience-projector-port <port>', 'EXPERIENCE_PROJECTOR_PORT', 'of its health').argParser(port),
  option('--feedback-projector-port <port>', 'FEEDBACK_PROJECTOR_PORT', 'of its health').argParser(port),
  option('--kafka-port <port>', 'KAFKA_PORT', 'of the Kafka that is started').argParser(port),
  option('--postgres-port <port>', 'POSTGRES_PORT', 'of the PostgreSQL that is started').argParser(port),
  option('--kafka-brokers <list>', 'KAFKA_BROKERS', 'a Kafka to use instead of starting one').argParser(text),
  option(
    '--webhook-tokens-file <file>',
    'JIMO_WEBHOOK_TOKENS_FILE',
    'lines of workspace:sha256:hash',
  ).argParser(path),
  option(
    '--read-tokens-file <file>',
    'READ_API_TOKENS_FILE',
    'lines of scope[@workspace]:sha256:hash',
  ).argParser(path),
];

// The development tokens are for loopback, and everything here listens on loopback only.
const DEVELOPMENT = {
  webhookTokens: 'default:dev-webhook-token',
  readTokens: 'read:dev-read-token,triage:dev-triage-token,admin:dev-admin-token',
};

/**
 * Secrets are taken from the environment only: what stands on a command line can be read by everyone on the machine.
 * Where it has no tokens, they are the development tokens.
 */
export function withSecrets<S extends StartSettings>(settings: S, env: NodeJS.ProcessEnv): S {
  const { webhookTokensFile, readTokensFile } = settings;
  const webhookTokens = text(
    env['JIMO_WEBHOOK_TOKENS'] ?? '',
    webhookTokensFile ? undefined : DEVELOPMENT.webhookTokens,
  );
  const readTokens = text(env['READ_API_TOKENS'] ?? '', readTokensFile ? undefined : DEVELOPMENT.readTokens);
  const databaseUrl = text(env['DATABASE_URL'] ?? '', undefined);
  return {
    ...settings,
    ...(databaseUrl !== undefined && { databaseUrl }),
    ...(webhookTokens !== undefined && { webhookTokens }),
    ...(readTokens !== undefined && { readTokens }),
  };
}

/** A token as it may be shown at a terminal, which others may see and programs keep: only those that all know. */
export function shownToken(token: string | undefined, otherwise: string): string {
  const known = Object.values(DEVELOPMENT).some((list) =>
    Object.values(tokensByGrant(list)).includes(token ?? ''),
  );
  return token !== undefined && known ? token : otherwise;
}

export const dataFolder = (root: string, dataDir: string): string =>
  isAbsolute(dataDir) ? dataDir : join(root, dataDir);

/** `grant:token,grant:token` by grant; of several tokens with one grant the first. */
export function tokensByGrant(list: string): Record<string, string> {
  const tokens: Record<string, string> = {};
  for (const entry of list.split(',')) {
    const [, grant, token] = /^\s*([^:]*):(.*?)\s*$/.exec(entry) ?? [];
    if (grant && token) tokens[grant] ??= token;
  }
  return tokens;
}
