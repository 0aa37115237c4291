import {
  createLogger,
  DatabaseSettings,
  KafkaSettings,
  loadSettings,
  SettingsOf,
  type Logger,
} from '@app/platform';

import { kafkaEnvironment, provisioningEnvironment } from '../start/environment';
import type { ReachedKafka } from '../start/system-file';
import { runningSystem } from './running-system';

class ConnectionSettings {
  @SettingsOf(KafkaSettings) kafka!: KafkaSettings;
  @SettingsOf(DatabaseSettings) database!: DatabaseSettings;
}

/**
 * The addresses of Kafka and Postgres, from the environment or from the system that `npm start` runs.
 *
 * @throws {SettingsError} {CannotStart}
 */
export function connection(dataDir: string): ConnectionSettings {
  const { KAFKA_BROKERS, DATABASE_URL } = process.env;
  if (KAFKA_BROKERS?.trim() && DATABASE_URL?.trim()) return loadSettings(ConnectionSettings, process.env);
  const { kafka, database } = runningSystem(dataDir);
  return loadSettings(ConnectionSettings, {
    ...withKafkaOf(kafka),
    DATABASE_URL: DATABASE_URL?.trim() || database?.url,
  });
}

/** The environment, with the Kafka of the running system if it names none. */
const withKafkaOf = (kafka: ReachedKafka | undefined): NodeJS.ProcessEnv =>
  kafka === undefined || process.env['KAFKA_BROKERS']?.trim()
    ? process.env
    : kafkaEnvironment(kafka, process.env);

class KafkaOnly {
  @SettingsOf(KafkaSettings) kafka!: KafkaSettings;
}

/**
 * The address of Kafka, from the environment or from the system that `npm start` runs.
 *
 * @throws {SettingsError} {CannotStart}
 */
export function kafkaConnection(dataDir: string): KafkaSettings {
  const named = process.env['KAFKA_BROKERS']?.trim();
  const env = named ? process.env : withKafkaOf(runningSystem(dataDir).kafka);
  return loadSettings(KafkaOnly, env).kafka;
}

/**
 * The environment of a command that provisions: its own settings, or those of the system that `npm start` runs.
 *
 * @throws {CannotStart}
 */
export function environmentOf(
  dataDir: string,
  settings: readonly ('KAFKA_BROKERS' | 'DATABASE_URL')[],
): NodeJS.ProcessEnv {
  if (settings.every((name) => process.env[name]?.trim())) return process.env;
  const { kafka, database } = runningSystem(dataDir);
  const brokers = process.env['KAFKA_BROKERS']?.trim();
  return provisioningEnvironment(process.env, {
    kafka: brokers ? { brokers, managed: false } : kafka!,
    databaseUrl: process.env['DATABASE_URL']?.trim() || database!.url,
  });
}

class DatabaseOnly {
  @SettingsOf(DatabaseSettings) database!: DatabaseSettings;
}

/**
 * The address of Postgres, from the environment or from the system that `npm start` runs.
 *
 * @throws {SettingsError} {CannotStart}
 */
export function databaseUrl(dataDir: string): string {
  const url = process.env['DATABASE_URL']?.trim() || runningSystem(dataDir).database?.url;
  return loadSettings(DatabaseOnly, { ...process.env, DATABASE_URL: url }).database.url;
}

/** The log of kafkajs is off, because the command reports errors itself. */
export function quiet(): Logger {
  return createLogger('ops', process.env['DEBUG'] ? 'debug' : 'silent');
}
