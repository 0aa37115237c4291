import {
  createKafka,
  dropScramPassword,
  setRules,
  setScramPassword,
  withAdmin,
  type ScramMechanism,
} from '@app/engine-kafka';
import {
  dropUser,
  hasOwners,
  migrateEngine,
  provideRoles,
  provideUser,
  workPool,
} from '@app/engine-postgres';
import { loadSettings } from '@app/platform';
import type { Kafka } from 'kafkajs';
import type { Pool } from 'pg';

import { type AppUser, AppUsersSettings } from '../access/app-users';
import { DATABASE_ROLES, databaseRoleOf } from '../access/database-roles';
import { kafkaRules } from '../access/kafka-rules';
import { databaseUrl, kafkaConnection, quiet } from './connection';
import type { Where } from './with-pool';

const MECHANISMS: readonly ScramMechanism[] = ['SCRAM-SHA-256', 'SCRAM-SHA-512'];
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/**
 * Lets the users of KAFKA_APP_USERS and DATABASE_APP_USERS in, each as its app and no more. Safe to repeat; users
 * that are no longer named stay until they are dropped.
 *
 * @throws {SettingsError} and what the servers say
 */
export async function provideUsers(options: Where): Promise<void> {
  await provideKafkaUsers(options);
  await provideDatabaseUsers(options);
}

export async function provideKafkaUsers({ dataDir }: Where): Promise<void> {
  const { kafka: users } = loadSettings(AppUsersSettings, process.env);
  if (users.length === 0) return;
  const kafka = kafkaOf(dataDir);
  await withAdmin(kafka, async (admin) => {
    for (const { app, username, password } of users) {
      await setRules(admin, username, kafkaRules(app, username));
      if (password !== null)
        for (const mechanism of MECHANISMS) await setScramPassword(kafka, username, password, mechanism);
      say(`Kafka: ${username} is ${app}`);
    }
  });
}

/** Roles come before the first tables, which are made as theirs. */
export async function provideDatabaseUsers({ dataDir }: Where): Promise<void> {
  const { database: users } = loadSettings(AppUsersSettings, process.env);
  await withDatabase(dataDir, async (pool, url) => {
    // Once there are roles, each new table has to be granted.
    if (users.length === 0 && !(await isWithRoles(pool))) return;
    await migrateEngine(pool, url);
    await provideRoles(pool, DATABASE_ROLES);
    for (const user of users) await provideDatabaseUser(pool, user);
  });
}

async function isWithRoles(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query(
    `SELECT FROM pg_attribute WHERE attrelid = to_regclass('engine.projection') AND attname = 'owner'`,
  );
  return rowCount === 1 && (await hasOwners(pool));
}

async function provideDatabaseUser(pool: Pool, { app, username, password }: AppUser): Promise<void> {
  const others = DATABASE_ROLES.map(({ name }) => name);
  await provideUser(pool, databaseRoleOf(app), { username, password }, others);
  say(`PostgreSQL: ${username} is ${app}`);
}

/** Lets users in no longer: in Kafka, in PostgreSQL, or in both, wherever they are. */
export async function dropUsers(
  names: readonly string[],
  where: Where & { readonly kafka: boolean; readonly database: boolean },
): Promise<void> {
  const { dataDir } = where;
  if (where.kafka) {
    const kafka = kafkaOf(dataDir);
    await withAdmin(kafka, async (admin) => {
      for (const name of names) {
        for (const mechanism of MECHANISMS) await dropScramPassword(kafka, name, mechanism);
        await setRules(admin, name, []);
        say(`Kafka: ${name} is revoked`);
      }
    });
  }
  if (where.database)
    await withDatabase(dataDir, async (pool) => {
      for (const name of names) {
        await dropUser(pool, name);
        say(`PostgreSQL: ${name} is revoked`);
      }
    });
}

function kafkaOf(dataDir: string): Kafka {
  return createKafka(kafkaConnection(dataDir).connection, 'ops-users', quiet());
}

async function withDatabase(
  dataDir: string,
  work: (pool: Pool, url: string) => Promise<void>,
): Promise<void> {
  const url = databaseUrl(dataDir);
  const pool = workPool(url, 'ops-users', 2);
  try {
    await work(pool, url);
  } finally {
    await pool.end();
  }
}
