import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { findJava } from '../java';
import { freePort } from '../ports';
import { classArchive } from './class-archive';
import { ensureJars } from './jars';
import { startKafka } from './server';

describe('the archive of Kafka’s classes', () => {
  let cache: string;
  let jars: string;
  let java: string;

  beforeAll(async () => {
    const found = await findJava();
    if (found.java !== 'found') throw new Error(`Java is ${found.java}`);
    java = found.command;
    cache = mkdtempSync(join(tmpdir(), 'jimo-archive-'));
    jars = join(cache, 'kafka');
    symlinkSync(await ensureJars(), jars);
  });

  afterAll(() => rmSync(cache, { recursive: true, force: true }));

  const archives = () => readdirSync(cache).filter((name) => name !== 'kafka');

  /** Starts and stops a broker; gives what it said of archives and, on Linux, whether it has mapped an archive. */
  async function runBroker(): Promise<{ lines: string[]; mapped: boolean; code: number | null }> {
    const lines: string[] = [];
    const folder = mkdtempSync(join(cache, 'kafka-data-'));
    try {
      const broker = await startKafka({
        ...{ folder, port: await freePort(), java, jars },
        onLine: (line) => lines.push(line),
      });
      const maps = `/proc/${broker.pid}/maps`;
      const mapped = existsSync(maps) && /kafka-[0-9a-f]+\.jsa/.test(readFileSync(maps, 'utf8'));
      const { code } = await broker.stop();
      return { lines: lines.filter((line) => /\[cds|shared/i.test(line)), mapped, code };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  const WELL = { lines: [], code: 143 };

  it('is written by the first broker, and used by the next', async () => {
    expect(await runBroker()).toEqual({ ...WELL, mapped: false });
    expect(archives()).toEqual([expect.stringMatching(/^kafka-[0-9a-f]{8}\.jsa$/)]);
    expect(await runBroker()).toEqual({ ...WELL, mapped: process.platform === 'linux' });
  });

  it('is removed when a JVM crashes with it, and the broker starts without', async () => {
    const file = join(cache, archives()[0]!);
    truncateSync(file, 20_000_000);
    const { code } = await runBroker();
    expect(code).toBe(143);
    // Written again by the broker that started without.
    expect(archives()).toEqual([expect.stringMatching(/\.jsa$/)]);
    expect(await runBroker()).toEqual({ ...WELL, mapped: process.platform === 'linux' });
  });

  it('is written by one of several brokers, and only if that one ends in order', async () => {
    rmSync(join(cache, archives()[0]!));
    const first = await classArchive(java, jars);
    const second = await classArchive(java, jars);
    expect(first.options.join()).toContain('ArchiveClassesAtExit');
    expect(second.options).toEqual([]);
    first.ended({ code: null, signal: 'SIGKILL' });
    expect(archives()).toEqual([]);
  });

  it('is left out where none can be written', async () => {
    expect((await classArchive(java, '/proc/no/such/folder')).options).toEqual([]);
  });
});
