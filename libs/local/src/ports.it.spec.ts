import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import { freePorts, holderOf, isPortFree } from './ports';

describe('ports', () => {
  it('finds different free ones', async () => {
    const ports = await freePorts(20);
    expect(new Set(ports).size).toBe(20);
    for (const port of ports) expect(await isPortFree(port)).toBe(true);
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
