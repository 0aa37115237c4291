import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';

import { freePort } from '../ports';
import { accountFor } from './account';
import { startPostgres } from './server';

const asRoot = process.getuid?.() === 0;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const data = () => {
  const path = join(folder, 'data');
  mkdirSync(path, { mode: 0o700 });
  return path;
};

describe('the user that PostgreSQL runs as', () => {
  (asRoot ? it.skip : it)('is the one who starts it', () => {
    expect(accountFor(data(), '/bin/true')).toEqual({ runs: 'as-starter' });
  });

  (asRoot ? it : it.skip)('is another one under root, who gets the folder', () => {
    chmodSync(folder, 0o711);
    const path = data();
    const account = accountFor(path, '/bin/ls');
    expect(account.runs).toBe('as-other');
    expect(statSync(path).uid).not.toBe(0);
    // And stays the same at the next start.
    expect(accountFor(path, '/bin/ls')).toEqual(account);
  });

  (asRoot ? it : it.skip)(
    'may pass where it could not, in a folder that is root’s alone',
    async () => {
      chmodSync(folder, 0o700);
      expect(accountFor(data(), '/bin/ls').runs).toBe('as-other-passing');

      const options = { folder: join(folder, 'postgres'), port: await freePort() };
      const server = await startPostgres(options);
      const client = new Client({ connectionString: server.url });
      try {
        expect(statSync(`/proc/${server.child.pid}`).uid).not.toBe(0);
        await client.connect();
        await client.query('CREATE TABLE kept (n int)');
      } finally {
        await client.end();
        expect(await server.child.stop()).toEqual({ code: 0, signal: null });
      }
    },
    60_000,
  );

  it('asks for the password', async () => {
    const server = await startPostgres({ folder: join(folder, 'postgres'), port: await freePort() });
    try {
      const url = new URL(server.url);
      url.password = 'another';
      await expect(new Client({ connectionString: url.href }).connect()).rejects.toThrow(/password/);
    } finally {
      await server.child.stop();
    }
  }, 60_000);
});
