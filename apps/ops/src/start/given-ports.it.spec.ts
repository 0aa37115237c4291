import { createServer } from 'node:net';

import { freePort } from '@app/local';

import { APPS } from './apps';
import { GivenPorts } from './given-ports';

const PROJECTORS = APPS.filter(({ fixedPort }) => !fixedPort);
const FIRST = { dataDir: '.data', gatewayPort: 3000, readApiPort: 3001 };

async function portsOf(settings: typeof FIRST & Readonly<Record<string, unknown>>): Promise<number[]> {
  const ports = new GivenPorts(settings);
  for (const app of PROJECTORS) await ports.forApp(app);
  const servers = [
    await ports.forServer('kafka', 'KAFKA_PORT', undefined, 9092),
    await ports.forServer('postgres', 'POSTGRES_PORT', undefined, 5432),
  ];
  return [...PROJECTORS.map(({ name }) => ports.of(name)), ...servers];
}

/** Whether a port is the usual one, or, where somebody has that, another. */
const USUAL = [...PROJECTORS.map(({ usualPort }) => usualPort), 9092, 5432];

describe('the ports of a system', () => {
  it.each([
    ['gateway', { ...FIRST, gatewayPort: 4000 }],
    ['read API', { ...FIRST, readApiPort: 4001 }],
    ['gateway and read API, which may be any', { ...FIRST, gatewayPort: 0, readApiPort: 0 }],
  ])('are none of the usual ones when it is a second one by the port of its %s', async (_what, settings) => {
    const ports = await portsOf(settings);
    expect(ports.filter((port) => USUAL.includes(port))).toEqual([]);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('are the usual ones of the first system, as far as they are free', async () => {
    const ports = await portsOf(FIRST);
    for (const [i, port] of ports.entries()) if (port < 20_000) expect(port).toBe(USUAL[i]);
  });

  it('are those that are asked for, whichever system it is', async () => {
    const kafka = await freePort();
    const ports = new GivenPorts({ ...FIRST, gatewayPort: 4000 });
    expect(await ports.forServer('kafka', 'KAFKA_PORT', kafka, 9092)).toBe(kafka);
  });

  it('are refused by the name of their setting when somebody has them', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const ports = new GivenPorts(FIRST);
    await expect(ports.forServer('kafka', 'KAFKA_PORT', port, 9092)).rejects.toThrow(/set KAFKA_PORT/);
    server.close();
  });
});
