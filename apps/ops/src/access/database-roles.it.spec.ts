import { randomBytes } from 'node:crypto';
import {
  dropUser,
  Jobs,
  keepSnapshot,
  migrateEngine,
  openGenerations,
  openSnapshotBuild,
  pauseProjection,
  PostgresBuild,
  PostgresDeadLetters,
  workPool,
  type ClaimedJob,
} from '@app/engine-postgres';
import { journeys, PROJECTIONS, projectionsOf } from '@app/projections';
import { until } from '@app/testing';
import type { Pool } from 'pg';
import { migrate } from '../commands/migrate';
import { databaseRoleOf } from './database-roles';

const suffix = randomBytes(4).toString('hex');
const secret = () => randomBytes(12).toString('hex');
const DENIED = { code: '42501' };

const admin = new URL(process.env['TEST_DATABASE_URL']!);
const name = `roles_${suffix}`;
const pools: Pool[] = [];
const users: string[] = [];

function poolOf(username: string, password: string, database = name): Pool {
  const url = new URL(admin);
  Object.assign(url, { username, password, pathname: `/${database}` });
  const pool = workPool(url.href, username, 3);
  pools.push(pool);
  return pool;
}

const server = poolOf(admin.username, admin.password, admin.pathname.slice(1));
/** As managed services give one: no superuser, but it may create roles. */
const owner = { username: `owner_${suffix}`, password: secret() };
let owning: Pool;

/** As `ops setup` does, as the owner. */
async function setUp(appUsers = ''): Promise<void> {
  const url = new URL(admin);
  Object.assign(url, { ...owner, pathname: `/${name}` });
  Object.assign(process.env, { DATABASE_URL: url.href, DATABASE_APP_USERS: appUsers });
  await migrate({ dataDir: '.data' });
}

function user(app: string): { readonly entry: string; readonly username: string; readonly pool: Pool } {
  const [username, password] = [`${app}_${suffix}_${users.length}`, secret()];
  users.push(username);
  return { entry: `${app}:${username}:${password}`, username, pool: poolOf(username, password) };
}

const journey = user('journey-projector');
const feedback = user('feedback-projector');
const reader = user('read-api');
const tellNothing = () => undefined;

beforeAll(async () => {
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  await server.query(`CREATE ROLE ${owner.username} LOGIN CREATEROLE PASSWORD '${owner.password}'`);
  await server.query(`CREATE DATABASE ${name} OWNER ${owner.username}`);
  owning = poolOf(owner.username, owner.password);
  // Made by one owner for all, then shared out.
  await setUp();
  await setUp([journey, feedback, reader].map(({ entry }) => entry).join(','));
});

afterAll(async () => {
  delete process.env['DATABASE_URL'];
  delete process.env['DATABASE_APP_USERS'];
  await Promise.all(pools.filter((pool) => pool !== server).map((pool) => pool.end()));
  await server.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  for (const each of users) await dropUser(server, each);
  await server.end();
});

/** A whole build, from an empty schema to the switch. */
async function build(pool: Pool): Promise<string> {
  const jobs = new Jobs(pool);
  const { job } = await jobs.request(journeys, 'rebuild', 'spec');
  const claim = (await jobs.claim([journeys], 'spec', job.id))!;
  const target = await PostgresBuild.open(pool, journeys, claim, new AbortController().signal);
  await target.finish(tellNothing);
  expect(await target.activate(false)).toMatchObject({ outcome: 'activated' });
  await claim.finish('succeeded', {});
  return target.of.schema;
}

/** A snapshot `shared` of the journeys, without rows. */
async function claimSnapshot(pool: Pool): Promise<ClaimedJob> {
  const jobs = new Jobs(pool);
  const { job } = await jobs.request(journeys, 'snapshot', 'spec');
  const claim = (await jobs.claim([journeys], 'spec', job.id))!;
  const spec = { name: 'shared', until: new Date(0), note: null, requestedBy: 'spec' };
  const target = await openSnapshotBuild(pool, journeys, claim, spec, new AbortController().signal);
  await target.finish(tellNothing);
  await keepSnapshot(pool, journeys, claim, target.of, new Map(), {
    ...{ outcome: 'clean', reasons: [], records: 0, rows: 0, verifiedAt: new Date().toISOString() },
  });
  return claim;
}

async function activeSchema(projection: string): Promise<string> {
  const { rows } = await owning.query<{ schema: string }>(
    `SELECT schema_name AS schema FROM engine.generation WHERE projection = $1 AND state = 'active'`,
    [projection],
  );
  return rows[0]!.schema;
}

async function ownersOf(schema: string): Promise<string[]> {
  const { rows } = await owning.query<{ owner: string }>(
    `SELECT DISTINCT pg_get_userbyid(relowner) AS owner FROM pg_class WHERE relnamespace = $1::text::regnamespace
     UNION SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = $1::text`,
    [schema],
  );
  return rows.map((row) => row.owner);
}

describe('database roles', () => {
  it('take over the tables that one owner made for all', async () => {
    for (const { name, app } of PROJECTIONS)
      expect(await ownersOf(await activeSchema(name))).toEqual([databaseRoleOf(app)]);
  });

  it('let a projector start, build and switch, and its successor after its password was changed', async () => {
    await migrateEngine(journey.pool, process.env['DATABASE_URL']!);
    await openGenerations(journey.pool, projectionsOf('journey-projector'));
    const first = await build(journey.pool);
    // A second user beside the first; then the first goes, with its connections.
    const next = user('journey-projector');
    await setUp(next.entry);
    await dropUser(owning, journey.username);
    // Each connection of the pool learns by itself that it was cut; a new one is refused.
    await until('it is refused', async () => {
      const refusal = await journey.pool.query('SELECT 1').catch((error: unknown) => error);
      return (refusal as { readonly code?: string }).code === '28P01';
    });
    const second = await build(next.pool);
    expect(second).not.toBe(first);
    expect(await ownersOf(second)).toEqual(['jimo_journey_projector']);
  });

  it('make what the owner builds the projector’s as well', async () => {
    expect(await ownersOf(await build(owning))).toEqual(['jimo_journey_projector']);
    const { rows } = await owning.query(
      `SELECT FROM pg_class WHERE relnamespace = 'read_models'::regnamespace AND relkind = 'v'
          AND pg_get_userbyid(relowner) NOT LIKE 'jimo\\_%'`,
    );
    expect(rows).toEqual([]);
  });

  it('keep a projector out of the tables, views and schemas of another, and out of the engine’s shape', async () => {
    const schema = await activeSchema('journeys');
    for (const statement of [
      `SELECT FROM ${schema}.journey`,
      `DELETE FROM ${schema}.journey`,
      `DROP SCHEMA ${schema} CASCADE`,
      'CREATE OR REPLACE VIEW read_models.journey AS SELECT 1 AS x',
      'DROP VIEW read_models.journey',
      'ALTER TABLE engine.checkpoint ADD COLUMN x integer',
      'DELETE FROM engine.migration',
      'SET ROLE jimo_journey_projector',
      `CREATE ROLE more_${suffix}`,
    ])
      await expect(feedback.pool.query(statement)).rejects.toMatchObject(DENIED);
    await feedback.pool.query(`SELECT FROM ${await activeSchema('feedback')}.feedback_item`);
  });

  it('let a projector that comes later make its views beside those of a snapshot of the same name', async () => {
    const claimed = await claimSnapshot(owning);
    const schema = 'read_models_shared';
    await owning.query(`REVOKE ALL ON SCHEMA ${schema} FROM jimo_feedback_projector`);
    await expect(feedback.pool.query(`CREATE VIEW ${schema}.mine AS SELECT 1 AS x`)).rejects.toMatchObject(
      DENIED,
    );
    await setUp();
    await feedback.pool.query(`CREATE VIEW ${schema}.mine AS SELECT 1 AS x; DROP VIEW ${schema}.mine`);
    await claimed.finish('succeeded', {});
  });

  it('let the read API read every view, ask for jobs, and lock backlog items', async () => {
    const { rows } = await owning.query<{ view: string }>(
      `SELECT format('%I.%I', schemaname, viewname) AS view FROM pg_views WHERE schemaname = 'read_models'`,
    );
    expect(rows.length).toBeGreaterThan(10);
    for (const { view } of rows) await reader.pool.query(`SELECT FROM ${view} LIMIT 1`);
    // To compare generations.
    await reader.pool.query(`SELECT FROM ${await activeSchema('journeys')}.journey LIMIT 1`);
    const jobs = new Jobs(reader.pool);
    const { isNew, job } = await jobs.request(PROJECTIONS[1]!, 'verify', 'spec', {});
    expect(isNew).toBe(true);
    expect(await jobs.cancel(job.id)).toMatchObject({ state: 'cancelled' });
    expect(await pauseProjection(reader.pool, 'jimers', 'spec')).toBe(true);
    const letters = new PostgresDeadLetters(reader.pool, PROJECTIONS);
    expect(await letters.discard(['1'], 'spec')).toBe(0);
    await reader.pool.query('BEGIN READ ONLY; SELECT pg_advisory_xact_lock(1); COMMIT');
  });

  it('let the read API write nothing else', async () => {
    const schema = await activeSchema('journeys');
    for (const statement of [
      `DELETE FROM ${schema}.journey`,
      'CREATE VIEW read_models.mine AS SELECT 1 AS x',
      'CREATE SCHEMA mine',
      'UPDATE engine.checkpoint SET next_offset = 0',
      'DELETE FROM engine.dead_letter',
      `UPDATE engine.job SET state = 'succeeded'`,
      `UPDATE engine.generation SET state = 'retired'`,
      'SET ROLE jimo_feedback_projector',
    ])
      await expect(reader.pool.query(statement)).rejects.toMatchObject(DENIED);
    const { rows } = await reader.pool.query(
      `SELECT relname FROM pg_class WHERE relnamespace = 'read_models'::regnamespace
          AND has_table_privilege(oid, 'INSERT, UPDATE, DELETE, TRUNCATE')`,
    );
    expect(rows).toEqual([]);
  });

  it('let a program go on when its tables are whole, and tell it to wait for the owner when they are not', async () => {
    await owning.query(`DELETE FROM engine.migration WHERE name LIKE 'Owners%'`);
    await expect(migrateEngine(feedback.pool, process.env['DATABASE_URL']!)).rejects.toThrow(/ops setup/);
  });

  it('have passwords that no statement carries', async () => {
    const { rows } = await server.query<{ password: string }>(
      'SELECT rolpassword AS password FROM pg_authid WHERE rolname = $1',
      [feedback.username],
    );
    expect(rows[0]!.password).toMatch(/^SCRAM-SHA-256\$4096:/);
  });
});
