import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { until } from '../../libs/testing/src';

/** Where Debian puts it, and where others do; null where it is not installed. */
export const PGBOUNCER = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/usr/local/bin/pgbouncer'].find(
  existsSync,
);

/** A PgBouncer before one database, in transaction mode unless told otherwise. */
export class PgBouncer {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    /** Leads through it. */
    readonly url: string,
  ) {}

  static async start(
    databaseUrl: string,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<PgBouncer> {
    const { hostname, port, username, password, pathname } = new URL(databaseUrl);
    const folder = await mkdtemp(join(tmpdir(), 'jimo-pgbouncer-'));
    const listen = await freePort();
    const name = pathname.slice(1);
    const own = {
      listen_addr: '127.0.0.1',
      listen_port: String(listen),
      unix_socket_dir: '',
      auth_type: 'any',
      pool_mode: 'transaction',
      default_pool_size: '3',
      ...settings,
    };
    const ini = [
      '[databases]',
      `${name} = host=${hostname} port=${port} user=${decodeURIComponent(username)} password=${decodeURIComponent(password)}`,
      '[pgbouncer]',
      ...Object.entries(own).map(([key, value]) => `${key} = ${value}`),
    ];
    const file = join(folder, 'pgbouncer.ini');
    await writeFile(file, `${ini.join('\n')}\n`);
    // It does not run as root, and must be able to read its file as somebody else.
    await chmod(folder, 0o755);
    const asOther = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
    const bouncer = spawn(PGBOUNCER!, [...asOther, file], { stdio: 'ignore' });
    const url = `postgresql://anyone@127.0.0.1:${listen}/${name}`;
    const started = new PgBouncer(bouncer, folder, url);
    try {
      await until('PgBouncer to answer', async () => {
        if (bouncer.exitCode !== null) throw new Error(`pgbouncer ended with ${bouncer.exitCode}`);
        return answers(url);
      });
    } catch (error) {
      await started.stop();
      throw error;
    }
    return started;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      const ended = new Promise((resolve) => this.process.once('exit', resolve));
      this.process.kill('SIGKILL');
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
