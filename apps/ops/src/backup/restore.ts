import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { partitionKey } from '@app/engine';
import { createKafka, KafkaLogReader, withAdmin } from '@app/engine-kafka';
import type { TopicSettings } from '@app/platform';
import type { Kafka, Message, Producer } from 'kafkajs';

import { quiet } from '../commands/connection';
import { say } from '../commands/output';
import { provideTopics, topicsSettings } from '../commands/topics';
import { CannotRestore, checkFiles, fileOf, readManifest, type Manifest } from './manifest';
import { linesIn, messageOf } from './record-line';

/** Batch size in bytes of backup lines. Base64 inflates records by a third; stay below the brokers' limit of 1 MiB. */
const BATCH_CHARACTERS = 700_000;

/**
 * Appends every record of a backup to its partition, in order, with its time, key, headers and value.
 * @throws {CannotRestore} before anything is written, if a file is damaged or a topic is not empty
 */
export async function restore(folder: string, { dataDir }: { readonly dataDir: string }): Promise<void> {
  const manifest = readManifest(folder);
  await checkFiles(folder, manifest);
  const settings = topicsSettings(dataDir);
  const kafka = createKafka(settings.kafka.connection, 'ops', quiet());
  await provideEmpty(kafka, manifest, settings.topics);
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
  });
  try {
    await producer.connect();
    for (const [topic, partitions] of Object.entries(manifest.topics)) {
      for (const { partition } of partitions) await append(producer, folder, topic, partition);
      say(`${topic}: ${partitions.reduce((sum, { records }) => sum + records, 0)} records`);
    }
  } catch (error) {
    throw new CannotRestore(
      `${(error as Error).message}. A part of the backup is in the topics now: delete them, and begin again`,
      { cause: error },
    );
  } finally {
    await producer.disconnect().catch(() => undefined);
  }
  await compare(kafka, manifest);
  process.stdout.write(`the log is as in ${folder}, of ${manifest.madeAt}\n`);
}

async function provideEmpty(kafka: Kafka, { topics }: Manifest, settings: TopicSettings): Promise<void> {
  const existing = new Set(await withAdmin(kafka, (admin) => admin.listTopics()));
  const there = Object.keys(topics).filter((topic) => existing.has(topic));
  for (const { topic, low, high } of await new KafkaLogReader(kafka).bounds(there))
    if (low < high)
      throw new CannotRestore(`The topic ${topic} is not empty: a backup is restored to empty topics only`);
  for (const [topic, { length }] of Object.entries(topics))
    await provideTopics(kafka, [topic], {
      ...settings,
      partitions: Math.max(length, settings.partitions),
    });
}

async function append(producer: Producer, folder: string, topic: string, partition: number): Promise<void> {
  let messages: Message[] = [];
  let size = 0;
  const send = async (): Promise<void> => {
    if (messages.length > 0) await producer.send({ topic, acks: -1, messages });
    [messages, size] = [[], 0];
  };
  await pipeline(
    createReadStream(join(folder, fileOf(topic, partition))),
    createGunzip(),
    async (bytes: AsyncIterable<Buffer>) => {
      for await (const line of linesIn(bytes)) {
        if (size + line.length > BATCH_CHARACTERS) await send();
        messages.push(messageOf(line, partition));
        size += line.length;
      }
    },
  );
  await send();
}

/**
 * Detects writes by others during the restore, which would change the order. It compares end offsets and not records,
 * because compaction may already remove these old records, but never moves the ends.
 */
async function compare(kafka: Kafka, { topics }: Manifest): Promise<void> {
  const bounds = await new KafkaLogReader(kafka).bounds(Object.keys(topics));
  for (const held of bounds) {
    const { topic, partition, low, high } = held;
    const wanted = topics[topic]?.[partition]?.records ?? 0;
    if (high - low !== wanted)
      throw new CannotRestore(
        `${partitionKey(held)} took ${high - low} records, but the backup holds ${wanted}: something else writes to it. Stop it, delete the topics and begin again`,
      );
  }
}
