import { isAbsolute, join } from 'node:path';

import { asPort, asText, loadSettings, Setting } from '@app/platform';

/** What `npm start` takes from the environment beyond what it hands to the apps. */
export class StartSettings {
  /** Where everything that it keeps is: data, passwords, logs; below the checkout unless absolute. */
  @Setting('DATA_DIR', { parse: asText, default: '.data' }) dataDir!: string;

  @Setting('GATEWAY_PORT', { parse: asPort, default: 3000 }) gatewayPort!: number;
  @Setting('READ_API_PORT', { parse: asPort, default: 3001 }) readApiPort!: number;

  // Without a setting these take their usual port, or a free one where that is taken: nobody has to know them.
  @Setting('JOURNEY_PROJECTOR_PORT', { parse: asPort, optional: true }) journeyProjectorPort?: number;
  @Setting('EXPERIENCE_PROJECTOR_PORT', { parse: asPort, optional: true }) experienceProjectorPort?: number;
  @Setting('FEEDBACK_PROJECTOR_PORT', { parse: asPort, optional: true }) feedbackProjectorPort?: number;
  @Setting('KAFKA_PORT', { parse: asPort, optional: true }) kafkaPort?: number;
  @Setting('POSTGRES_PORT', { parse: asPort, optional: true }) postgresPort?: number;

  @Setting('KAFKA_BROKERS', { parse: asText, optional: true }) kafkaBrokers?: string;
  @Setting('DATABASE_URL', { parse: asText, optional: true }) databaseUrl?: string;

  // The development tokens are for loopback, and everything here listens on loopback only.
  @Setting('JIMO_WEBHOOK_TOKENS', { parse: asText, default: 'default:dev-webhook-token' })
  webhookTokens!: string;
  @Setting('READ_API_TOKENS', {
    parse: asText,
    default: 'read:dev-read-token,triage:dev-triage-token,admin:dev-admin-token',
  })
  readTokens!: string;
}

/** @throws {SettingsError} naming each setting that cannot be used */
export const startSettings = (env: NodeJS.ProcessEnv): StartSettings => loadSettings(StartSettings, env);

export const dataFolder = (root: string, { dataDir }: Pick<StartSettings, 'dataDir'>): string =>
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
