import {
  createLogger,
  DatabaseSettings,
  KafkaSettings,
  loadSettings,
  SettingsOf,
  type Logger,
} from '@app/platform';

import { runningSystem } from './running-system';

class ConnectionSettings {
  @SettingsOf(KafkaSettings) kafka!: KafkaSettings;
  @SettingsOf(DatabaseSettings) database!: DatabaseSettings;
}

/**
 * Where Kafka and Postgres are: as the environment says, or those of the system that `npm start` runs.
 *
 * @throws {SettingsError} {CannotStart}
 */
export function connection(dataDir: string): ConnectionSettings {
  const { KAFKA_BROKERS, DATABASE_URL } = process.env;
  if (KAFKA_BROKERS?.trim() && DATABASE_URL?.trim()) return loadSettings(ConnectionSettings, process.env);
  const { kafka, database } = runningSystem(dataDir);
  const known = { KAFKA_BROKERS: kafka?.brokers, DATABASE_URL: database?.url };
  return loadSettings(ConnectionSettings, {
    ...process.env,
    ...Object.fromEntries(Object.entries(known).filter(([name]) => !process.env[name]?.trim())),
  });
}

class KafkaOnly {
  @SettingsOf(KafkaSettings) kafka!: KafkaSettings;
}

/**
 * Where Kafka is: as the environment says, or that of the system that `npm start` runs.
 *
 * @throws {SettingsError} {CannotStart}
 */
export function kafkaConnection(dataDir: string): KafkaSettings {
  const brokers = process.env['KAFKA_BROKERS']?.trim() || runningSystem(dataDir).kafka?.brokers;
  return loadSettings(KafkaOnly, { ...process.env, KAFKA_BROKERS: brokers }).kafka;
}

/** What goes wrong is told by the command itself. */
export function quiet(): Logger {
  return createLogger('ops', process.env['DEBUG'] ? 'debug' : 'silent');
}
