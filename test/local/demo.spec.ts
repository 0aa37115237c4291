import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { opsCommand, type RunningSystem, startServers, type Servers, startSystem, until } from '@app/testing';

const run = promisify(execFile);

jest.setTimeout(120_000);

describe('npm run demo, on a Kafka and a PostgreSQL of the user', () => {
  let servers: Servers;
  let system: RunningSystem;

  beforeAll(async () => {
    servers = await startServers();
    system = await startSystem({
      env: { KAFKA_BROKERS: servers.brokers, DATABASE_URL: servers.databaseUrl },
    });
  }, 300_000);

  afterAll(async () => {
    await system?.stop();
    await servers?.stop();
  }, 60_000);

  it('uses what is there', () => {
    expect(system.info.kafka).toEqual({ brokers: servers.brokers, managed: false });
    expect(system.info.database).toEqual({ url: servers.databaseUrl, managed: false });
    expect(Object.keys(system.info.parts)).not.toEqual(expect.arrayContaining(['kafka']));
  });

  it('sends a day of events, all accepted, and prints calls that show them', async () => {
    const { command, args } = opsCommand('demo', '--events', '2000', '--data-dir', system.dataDir);
    const { stdout } = await run(command, args);
    expect(stdout).toMatch(/sent \d{4} events in .* s: \d{4} accepted\n/);
    const calls = [...stdout.matchAll(/^curl -s '([^']+)' -H 'authorization: Bearer ([^']+)'$/gm)];
    expect(calls).toHaveLength(6);
    for (const [, url, token] of calls) {
      // Until the projections have come so far.
      const body = await until(`an answer of ${url}`, async () => {
        const answer = await fetch(url!, { headers: { authorization: `Bearer ${token}` } });
        return answer.ok && ((await answer.json()) as { items?: unknown[] });
      });
      if (body.items) expect(body.items).not.toHaveLength(0);
    }
  }, 120_000);
});
