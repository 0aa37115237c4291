import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { ALL_TOPICS } from '@app/catalog';
import type { LogBounds, LogRecord } from '@app/engine';
import { createKafka, KafkaLogReader } from '@app/engine-kafka';

import { kafkaConnection, quiet } from '../commands/connection';
import { progressLine, say } from '../commands/output';
import { fileOf, writeManifest, type BackedUpPartition } from './manifest';
import { lineOf } from './record-line';

const SAID_EVERY_MS = 2_000;

export class CannotBackUp extends Error {
  override readonly name = 'CannotBackUp';
}

/** Copies every topic, up to its present end, into an empty or new folder. */
export async function backup(folder: string, { dataDir }: { readonly dataDir: string }): Promise<void> {
  const kafka = createKafka(kafkaConnection(dataDir).connection, 'ops', quiet());
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (readdirSync(folder).length > 0)
    throw new CannotBackUp(`${folder} is not empty: a backup needs a folder of its own`);
  const reader = new KafkaLogReader(kafka);
  const madeAt = new Date().toISOString();
  const bounds = await reader.bounds(ALL_TOPICS);
  const topics: Record<string, readonly BackedUpPartition[]> = {};
  for (const topic of ALL_TOPICS) {
    // One topic at a time, because each partition keeps a file open.
    topics[topic] = await copy(
      reader,
      folder,
      bounds.filter((bound) => bound.topic === topic),
    );
    say(`${topic}: ${topics[topic].reduce((sum, { records }) => sum + records, 0)} records`);
  }
  writeManifest(folder, { format: 1, madeAt, topics });
  process.stdout.write(`${folder} holds the log as it was at ${madeAt}\n`);
}

async function copy(
  reader: KafkaLogReader,
  folder: string,
  bounds: readonly LogBounds[],
): Promise<BackedUpPartition[]> {
  const files = bounds.map(
    ({ topic, partition }) => new PartitionFile(join(folder, fileOf(topic, partition))),
  );
  const ranges = bounds.map(({ topic, partition, low, high }) => ({ topic, partition, from: low, to: high }));
  const total = ranges.reduce((sum, { from, to }) => sum + to - from, 0);
  let done = 0;
  let said = Date.now();
  await reader.read(
    ranges,
    ({ topic, partition, records, fromOffset, nextOffset }) => {
      done += nextOffset - fromOffset;
      if (Date.now() - said > SAID_EVERY_MS) {
        said = Date.now();
        say(progressLine({ phase: topic, step: null, done, total }));
      }
      return files[partition]!.append(records);
    },
    new AbortController().signal,
  );
  const written: BackedUpPartition[] = [];
  for (const { partition, low, high } of bounds)
    written.push({ partition, start: low, end: high, ...(await files[partition]!.close()) });
  return written;
}

class PartitionFile {
  private readonly gzip = createGzip();
  private readonly hash = createHash('sha256');
  private readonly written: Promise<void>;
  private readonly failed = new AbortController();
  private records = 0;

  constructor(path: string) {
    const { hash } = this;
    this.written = pipeline(
      this.gzip,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          yield chunk;
        }
      },
      createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }),
    );
    this.written.catch((error: unknown) => this.failed.abort(error));
  }

  async append(records: readonly LogRecord[]): Promise<void> {
    const { signal } = this.failed;
    for (const record of records) {
      signal.throwIfAborted();
      this.records++;
      if (this.gzip.write(lineOf(record))) continue;
      // A disk failure also ends the wait, with its error.
      await once(this.gzip, 'drain', { signal }).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      });
    }
  }

  async close(): Promise<{ readonly records: number; readonly sha256: string }> {
    this.gzip.end();
    await this.written;
    return { records: this.records, sha256: this.hash.digest('hex') };
  }
}
