import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export class CannotRestore extends Error {
  override readonly name = 'CannotRestore';
}

export interface BackedUpPartition {
  readonly partition: number;
  /** The range of offsets that was read; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
  readonly records: number;
  /** The digest of the file, in hex. */
  readonly sha256: string;
}

/** The content of a backup. It is written last, so a folder without it is incomplete. */
export interface Manifest {
  readonly format: 1;
  readonly madeAt: string;
  /** All partitions, by topic. */
  readonly topics: Readonly<Record<string, readonly BackedUpPartition[]>>;
}

const NAME = 'manifest.json';

export const fileOf = (topic: string, partition: number): string => `${topic}-${partition}.ndjson.gz`;

export function writeManifest(folder: string, manifest: Manifest): void {
  const path = join(folder, NAME);
  writeFileSync(`${path}.part`, `${JSON.stringify(manifest, null, 2)}\n`, { flush: true, mode: 0o600 });
  renameSync(`${path}.part`, path);
}

/** @throws {CannotRestore} naming the file */
export function readManifest(folder: string): Manifest {
  const path = join(folder, NAME);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CannotRestore(`${path} cannot be read (${(error as Error).message}): this is no whole backup`);
  }
  try {
    const manifest = JSON.parse(text) as Manifest;
    if (manifest.format === 1 && Object.entries(manifest.topics).every(isTopic)) return manifest;
  } catch {
    // Reported below.
  }
  throw new CannotRestore(`${path} is damaged, or of another version`);
}

function isTopic([name, partitions]: [string, readonly BackedUpPartition[]]): boolean {
  return (
    /^[\w.-]+$/.test(name) &&
    partitions.length > 0 &&
    partitions.every(({ partition, records }, i) => partition === i && Number.isSafeInteger(records))
  );
}

/** @throws {CannotRestore} naming the file that is missing or damaged */
export async function checkFiles(folder: string, { topics }: Manifest): Promise<void> {
  for (const [topic, partitions] of Object.entries(topics))
    for (const { partition, sha256 } of partitions) {
      const path = join(folder, fileOf(topic, partition));
      const hash = createHash('sha256');
      try {
        await pipeline(createReadStream(path), hash);
      } catch (error) {
        throw new CannotRestore(`${path} cannot be read: ${(error as Error).message}`);
      }
      if (hash.digest('hex') !== sha256)
        throw new CannotRestore(`${path} is damaged: its SHA-256 is not that of the manifest`);
    }
}
