import { chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { Client } from 'pg';

import { passwordIn } from '../password';
import { Child, describeExit } from '../process/child';
import type { Certified } from '../tls/certificates';
import { until } from '../wait';
import { type Account, accountFor, invoke } from './account';
import { type PostgresBinaries, postgresBinaries } from './binaries';

/** The name of both role and database. The role is the superuser of a single developer's server. */
const NAME = 'jimo';

export interface PostgresOptions {
  /** The folder of its data and its password; created if missing. */
  readonly folder: string;
  readonly port: number;
  /** Accepts only TLS connections, with a certificate signed by the authority in the file. */
  readonly tls?: { readonly certified: Certified; readonly authorityFile: string };
  /** Settings on top of the shipped ones. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onLine?: ((line: string) => void) | undefined;
  /** Stops the server, also during its start. */
  readonly signal?: AbortSignal | undefined;
}

export interface PostgresServer {
  readonly child: Child;
  /** The URL with the password. */
  readonly url: string;
}

/** Settings for a developer's machine that runs everything: little memory, few checkpoints, full durability. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // No Unix socket, whose folder would need a short path and write access for the server's user.
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '16MB',
  maintenance_work_mem: '128MB',
  // Projectors update the same hot rows repeatedly, and fewer checkpoints mean fewer full pages in the WAL.
  max_wal_size: '4GB',
  min_wal_size: '256MB',
  checkpoint_timeout: '15min',
  wal_compression: 'on',
  wal_buffers: '16MB',
  random_page_cost: '1.1',
  jit: 'off',
  // Tallies are updated in place continuously.
  autovacuum_naptime: '15s',
  autovacuum_vacuum_scale_factor: '0.1',
  log_min_duration_statement: '1s',
  // Parameters of statements contain names, texts and answers.
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  // Details of errors contain them, too: 'Failing row contains …'.
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  timezone: 'UTC',
};

/**
 * Starts PostgreSQL on loopback and waits until it accepts connections; also works as root (account.ts). Its data is
 * created if missing, and otherwise reused.
 * It requires a password (SCRAM), which is generated once (password.ts).
 * @throws with the last lines of its output if it does not start within 60 s
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { folder, port } = options;
  const binaries = postgresBinaries();
  // Others may traverse but not list the folder, because as root the data belongs to another user.
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const data = join(folder, 'data');
  const password = passwordIn(folder);
  if (!existsSync(data)) await initialise(binaries, data, password, options);
  const account = accountFor(data, binaries.postgres);

  const settings = {
    ...SETTINGS,
    ...(options.tls && tlsSettings(data, options.tls.certified, account)),
    ...options.settings,
    port: String(port),
  };
  const { command, args, ...ids } = invoke(account, binaries.postgres, [
    ...['-D', data],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  const child = await Child.start({
    name: 'postgres',
    ...{ command, args, ...ids },
    cwd: data,
    env: environment(),
    tier: 'server',
    // A fast shutdown; a smart one would wait for clients.
    stopSignal: 'SIGINT',
    stopGraceMs: 30_000,
    onLine: options.onLine,
    signal: options.signal,
  });
  const verified = options.tls
    ? `?sslmode=verify-full&sslrootcert=${encodeURIComponent(options.tls.authorityFile)}`
    : '';
  const url = (database: string) =>
    `postgresql://${NAME}:${password}@127.0.0.1:${port}/${database}${verified}`;
  try {
    await child.whileRunning((signal) => answersPostgres(url('postgres'), { signal }));
    await createDatabaseIfMissing(url('postgres'));
    return { child, url: url(NAME) };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** Copies the files into the data folder, readable only by the server's user. */
function tlsSettings(
  data: string,
  { certificate, key }: Certified,
  account: Account,
): Readonly<Record<string, string>> {
  const files = { 'server.crt': certificate, 'server.key': key, 'hba-tls.conf': ONLY_ENCRYPTED };
  for (const [name, text] of Object.entries(files)) {
    const file = join(data, name);
    writeFileSync(file, text, { mode: 0o600 });
    if (account.runs !== 'as-starter') chownSync(file, account.uid, account.gid);
  }
  return { ssl: 'on', hba_file: join(data, 'hba-tls.conf') };
}

const ONLY_ENCRYPTED = 'hostssl all all 127.0.0.1/32 scram-sha-256\n';

/** Removes PGDATA, PGPORT, LC_ALL and similar variables of the shell, which are not meant for this server. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

/** Creates the data beside its final path and then renames it, so that incomplete data is never used. */
async function initialise(
  { initdb, postgres }: PostgresBinaries,
  data: string,
  password: string,
  { onLine, signal }: PostgresOptions,
): Promise<void> {
  const part = `${data}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { mode: 0o700 });
  const account = accountFor(part, postgres);
  const passwordFile = join(dirname(data), `initdb-${process.pid}`);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account.runs !== 'as-starter') chownSync(passwordFile, account.uid, account.gid);
  try {
    const { command, args, ...ids } = invoke(account, initdb, [
      ...['-D', part, '--username', NAME, '--pwfile', passwordFile],
      ...['--auth-local=scram-sha-256', '--auth-host=scram-sha-256', '--encoding=UTF8', '--data-checksums'],
      // PostgreSQL's own Unicode rules are the same on every machine, independent of installed locales.
      ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
    ]);
    const tool = await Child.start({
      name: 'initdb',
      ...{ command, args, ...ids },
      cwd: part,
      env: environment(),
      tier: 'server',
      onLine,
      signal,
    });
    const exit = await tool.exited;
    if (exit.code !== 0) {
      throw new Error(`PostgreSQL's data could not be made (${describeExit(exit)}):\n${tool.lastLines()}`);
    }
    renameSync(part, data);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function createDatabaseIfMissing(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [NAME]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(NAME)}`);
  } finally {
    await client.end();
  }
}

/** Waits until the server accepts a connection and a query. */
export async function answersPostgres(
  url: string,
  { deadlineMs = 60_000, signal }: { deadlineMs?: number; signal?: AbortSignal } = {},
): Promise<void> {
  await until(
    'PostgreSQL',
    async () => {
      const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
      client.on('error', () => undefined);
      try {
        await client.connect();
        await client.query('SELECT 1');
        return true;
      } finally {
        await client.end().catch(() => undefined);
      }
    },
    { deadlineMs, everyMs: 50, signal },
  );
}
