import crypto from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import os, { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

import { freePorts, holderOf, isPortFree } from './ports';

describe('ports', () => {
  it('finds different free ones', async () => {
    const ports = await freePorts(20);
    expect(new Set(ports).size).toBe(20);
    for (const port of ports) expect(await isPortFree(port)).toBe(true);
  });

  it('finds none that an outgoing connection may be given meanwhile', async () => {
    const file = '/proc/sys/net/ipv4/ip_local_port_range';
    const [lowest] = existsSync(file) ? readFileSync(file, 'utf8').split(/\s/).map(Number) : [49_152];
    for (const port of await freePorts(20)) expect(port).toBeLessThan(lowest!);
  });

  it('gives none again that somebody has yet to listen on', async () => {
    const [given] = await freePorts(1);
    const random = jest.spyOn(crypto, 'randomInt') as unknown as jest.SpyInstance<number>;
    random.mockReturnValue(given!);
    try {
      expect(await freePorts(1)).not.toEqual([given]);
    } finally {
      random.mockRestore();
    }
  });

  it('touches nothing behind a link that another user may have made', async () => {
    const [temporary, elsewhere] = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'jimo-ports-spec-')));
    const precious = join(elsewhere!, '20000');
    writeFileSync(precious, 'precious');
    utimesSync(precious, 0, 0);
    symlinkSync(elsewhere!, join(temporary!, `jimo-ports-${userInfo().uid}`));
    const where = jest.spyOn(os, 'tmpdir').mockReturnValue(temporary!);
    try {
      await freePorts(1);
      expect(readdirSync(elsewhere!)).toEqual(['20000']);
    } finally {
      where.mockRestore();
      for (const folder of [temporary!, elsewhere!]) rmSync(folder, { recursive: true });
    }
  });

  it('knows a taken one, and who has it where the machine can tell', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      expect(await isPortFree(port)).toBe(false);
      const holder = await holderOf(port);
      if (holder !== undefined) expect(holder).toContain(`(pid ${process.pid})`);
    } finally {
      server.close();
    }
  });
});
