import { randomBytes } from 'node:crypto';
import {
  type SecuredKafkaServer,
  type SecuredPostgresServer,
  startSecuredKafka,
  startSecuredPostgres,
  until,
} from '@app/testing/infra';
import { AppProcess } from '../support/app-process';
import { Client } from '../support/http';
import { ops, type OpsResult } from '../support/ops';

export const APPS = [
  'gateway',
  'journey-projector',
  'experience-projector',
  'feedback-projector',
  'read-api',
] as const;
export type App = (typeof APPS)[number];

export interface User {
  readonly app: App;
  readonly username: string;
  readonly password: string;
}

export const secret = (): string => randomBytes(16).toString('hex');
export const userOf = (app: App, username: string = app): User => ({ app, username, password: secret() });

const TOPICS = { KAFKA_REPLICATION_FACTOR: '1', KAFKA_MIN_INSYNC_REPLICAS: '1', KAFKA_TOPIC_PARTITIONS: '3' };
const listOf = (users: readonly User[]): string =>
  users.map(({ app, username, password }) => `${app}:${username}:${password}`).join(',');

/** The built apps, each with users of its own, against servers that let nobody else in. */
export class SecuredApps {
  readonly tokens = { webhook: secret(), admin: secret() };
  readonly processes = new Map<App, AppProcess>();
  private client: Client | null = null;

  private constructor(
    readonly kafka: SecuredKafkaServer,
    readonly postgres: SecuredPostgresServer,
  ) {}

  static async start(): Promise<SecuredApps> {
    const [kafka, postgres] = await Promise.all([startSecuredKafka(), startSecuredPostgres()]);
    return new SecuredApps(kafka, postgres);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.processes.values()].map((each) => each.signal('SIGTERM')));
    await Promise.all([this.kafka.stop(), this.postgres.stop()]);
  }

  /** The command line as the owner of both servers. */
  async ops(
    kafkaUsers: readonly User[],
    databaseUsers: readonly User[],
    ...args: string[]
  ): Promise<OpsResult> {
    const env = {
      ...this.kafkaSettings('plain', this.kafka.ops),
      DATABASE_URL: this.postgres.url,
      KAFKA_APP_USERS: listOf(kafkaUsers),
      DATABASE_APP_USERS: listOf(databaseUsers),
    };
    return ops(env, ...args);
  }

  /** Starts the app as this user, in place of the one before. */
  async run(user: User): Promise<AppProcess> {
    const { app } = user;
    await this.processes.get(app)?.signal('SIGTERM');
    const process = AppProcess.start(app, this.environment(user));
    this.processes.set(app, process);
    await until(
      `${app} to be ready`,
      async () => {
        if (!process.running) throw new Error(process.log.slice(-2_000));
        if (process.port === undefined) return false;
        const answer = await fetch(`http://127.0.0.1:${process.port}/health/ready`);
        if (!answer.ok) throw new Error(await answer.text());
        return true;
      },
      { everyMs: 200 },
    );
    return process;
  }

  /** Of the gateway and the read API that run now. */
  get api(): Client {
    const [gateway, readApi] = (['gateway', 'read-api'] as const).map(
      (app) => `http://127.0.0.1:${this.processes.get(app)!.port}`,
    ) as [string, string];
    if (this.client?.gateway !== gateway || this.client.readApi !== readApi)
      this.client = new Client(gateway, readApi, this.tokens.webhook, this.tokens.admin);
    return this.client;
  }

  environment(user: User): Record<string, string> {
    const { app, username, password } = user;
    const database = new URL(this.postgres.url);
    Object.assign(database, { username, password });
    return {
      ...this.kafkaSettings('scram-sha-512', user),
      ...(app === 'gateway' ? {} : { DATABASE_URL: database.href }),
      [`${app.toUpperCase().replaceAll('-', '_')}_PORT`]: '0',
      JIMO_WEBHOOK_TOKENS: `default:${this.tokens.webhook}`,
      READ_API_TOKENS: `admin:${this.tokens.admin}`,
      PROJECTION_VERIFY_HOURS: '0',
    };
  }

  kafkaSettings(
    mechanism: string,
    { username, password }: { readonly username: string; readonly password: string },
  ): Record<string, string> {
    return {
      ...TOPICS,
      KAFKA_BROKERS: this.kafka.brokers,
      KAFKA_SSL: 'true',
      KAFKA_SSL_CA: this.kafka.caFile,
      KAFKA_SASL_MECHANISM: mechanism,
      KAFKA_SASL_USERNAME: username,
      KAFKA_SASL_PASSWORD: password,
    };
  }
}
