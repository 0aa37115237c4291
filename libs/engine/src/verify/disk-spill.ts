import { appendFile, mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Row } from '../row';
import type { Spill } from './spill';

const LENGTH_BYTES = 4;

/**
 * Files in a temporary folder of its own, one per group, readable by this user alone. A run of rows is its
 * length in four bytes and the rows as JSON, which holds every stored value exactly.
 */
export class DiskSpill implements Spill {
  private readonly files = new Map<string, string>();

  private constructor(readonly folder: string) {}

  /** @param parent the system's folder for temporary files unless given */
  static async create(parent = tmpdir()): Promise<DiskSpill> {
    return new DiskSpill(await mkdtemp(join(parent, 'verify-')));
  }

  async append(group: string, rows: readonly Row[]): Promise<void> {
    let file = this.files.get(group);
    if (file === undefined) {
      file = join(this.folder, String(this.files.size));
      this.files.set(group, file);
    }
    const json = Buffer.from(JSON.stringify(rows));
    const length = Buffer.allocUnsafe(LENGTH_BYTES);
    length.writeUInt32BE(json.length);
    await appendFile(file, Buffer.concat([length, json]));
  }

  async *take(group: string): AsyncGenerator<readonly Row[]> {
    const file = this.files.get(group);
    if (file === undefined) return;
    const handle = await open(file, 'r');
    try {
      for (;;) {
        const length = await readExactly(handle, LENGTH_BYTES);
        if (length === null) break;
        const json = await readExactly(handle, length.readUInt32BE());
        if (json === null) throw new Error(`a spilled run of ${group} ends early`);
        yield JSON.parse(json.toString('utf8')) as Row[];
      }
    } finally {
      await handle.close();
      await rm(file, { force: true });
    }
  }

  async dispose(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** @returns null at the end of the file */
async function readExactly(handle: FileHandle, count: number): Promise<Buffer | null> {
  const bytes = Buffer.allocUnsafe(count);
  let filled = 0;
  while (filled < count) {
    const { bytesRead } = await handle.read(bytes, filled, count - filled);
    if (bytesRead === 0) {
      if (filled === 0) return null;
      throw new Error('a spilled run ends early');
    }
    filled += bytesRead;
  }
  return bytes;
}
