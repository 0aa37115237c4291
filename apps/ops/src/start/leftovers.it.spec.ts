import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort, identityOf, isPortFree } from '@app/local';

import { endLeftovers } from './leftovers';
import { type PartState, writeSystemFile } from './system-file';

/** Listens on a port, and writes down when it was told to stop. */
const PART = `
const [port, name, log, stubborn] = process.argv.slice(1);
const { appendFileSync } = require('node:fs');
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => {
  appendFileSync(log, name + ' ' + signal + '\\n');
  if (stubborn !== 'stubborn') process.exit(0);
});
require('node:net').createServer().listen(Number(port), '127.0.0.1', () => console.log('up'));
`;

describe('what a killed supervisor and its killed watchdog left running', () => {
  let folder: string;
  let log: string;
  const said: string[] = [];
  const pids: number[] = [];

  async function part(name: string, ...more: string[]): Promise<[string, PartState]> {
    const port = await freePort();
    const child = spawn(process.execPath, ['-e', PART, String(port), name, log, ...more], { detached: true });
    await once(child.stdout, 'data');
    pids.push(child.pid!);
    return [name, { pid: child.pid!, identity: identityOf(child.pid!)!, port, restarts: 0 }];
  }

  /** Writes what a supervisor that is gone has left. */
  function leave(parts: readonly [string, PartState][]): void {
    writeSystemFile(folder, {
      state: 'ready',
      supervisor: { pid: 1, identity: 'of one that is gone' },
      startedAt: '2026-01-01T00:00:00.000Z',
      tokens: { webhook: {}, read: {} },
      samples: {},
      parts: Object.fromEntries(parts),
    });
  }

  async function ended(parts: readonly [string, PartState][]): Promise<string[]> {
    leave(parts);
    await endLeftovers(folder, (text) => said.push(text), { app: 10_000, server: 1_000, killed: 20_000 });
    for (const [name, { pid, port }] of parts) {
      expect([name, pids.includes(pid!) && identityOf(pid!)]).toEqual([name, undefined]);
      expect([name, await isPortFree(port!)]).toEqual([name, true]);
    }
    expect(existsSync(join(folder, 'system.json'))).toBe(false);
    return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jimo-leftovers-'));
    log = join(folder, 'signals');
  });
  afterEach(() => {
    for (const pid of pids.splice(0)) if (identityOf(pid) !== undefined) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  it('is asked to stop, apps before the servers that they use, and its ports are free then', async () => {
    const parts = await Promise.all(['postgres', 'kafka', 'gateway'].map((name) => part(name)));
    const [first, ...servers] = await ended(parts);
    expect(first).toBe('gateway SIGTERM');
    expect(servers.sort()).toEqual(['kafka SIGTERM', 'postgres SIGINT']);
    expect(said.at(-1)).toMatch(/stopping .*gateway \(pid \d+\)/);
  });

  it('is killed when it does not stop', async () => {
    expect(await ended([await part('kafka', 'stubborn')])).toEqual(['kafka SIGTERM']);
  });

  it('is left alone when its id belongs to another process by now', async () => {
    const [name, state] = await part('gateway');
    leave([[name, { ...state, identity: 'another' }]]);
    await endLeftovers(folder, nothing);
    expect(identityOf(state.pid!)).toBe(state.identity);
    expect(existsSync(log)).toBe(false);
  });
});

const nothing = () => undefined;
