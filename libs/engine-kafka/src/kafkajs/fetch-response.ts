import type { LogRecord } from '@app/engine';
import type { KafkaMessage } from 'kafkajs';
import { internals, type Decoder, type FetchedPartition } from './internals';
import { recordOf } from './record';
import { decodeRecordSet, type RecordSet } from './record-set';

/** A partition's part of a response as it is decoded here: kafkajs's own form, and `nextOffset`. */
export type DecodedPartition = FetchedPartition & Pick<RecordSet, 'nextOffset'>;

/** Makes every client of this process decode what it fetches as `decodeRecordSet` does. */
export function decodeFetchesLazily(): void {
  internals().fetchResponse.decode = decodeFetchResponse;
}

/** A response to Fetch, version 11, in kafkajs's own form but for `DecodedPartition`. */
export async function decodeFetchResponse(response: Buffer): Promise<unknown> {
  const decoder = new (internals().Decoder)(response);
  // The broker has not throttled the request, but expects the client to wait for so long.
  const clientSideThrottleTime = decoder.readInt32();
  return {
    throttleTime: 0,
    clientSideThrottleTime,
    errorCode: decoder.readInt16(),
    sessionId: decoder.readInt32(),
    responses: await decoder.readArrayAsync(async (topic) => ({
      topicName: topic.readString(),
      partitions: await topic.readArrayAsync(decodePartition),
    })),
  };
}

/** The committed records from an offset on: a batch comes whole, with what is before the offset in it. */
export function recordsFrom(topic: string, fetched: DecodedPartition, from: number): readonly LogRecord[] {
  const { Batch } = internals();
  const isAborted = fetched.abortedTransactions.length > 0;
  const messages = isAborted ? new Batch(topic, String(from), fetched).messages : fetched.messages;
  const records: LogRecord[] = [];
  for (const message of messages) {
    const record = recordOf(message);
    if (record.offset >= from && !(message as ShownMessage).isControlRecord) records.push(record);
  }
  return records;
}

type ShownMessage = KafkaMessage & { readonly isControlRecord: boolean };

async function decodePartition(decoder: Decoder): Promise<DecodedPartition> {
  return {
    partition: decoder.readInt32(),
    errorCode: decoder.readInt16(),
    highWatermark: decoder.readInt64().toString(),
    lastStableOffset: decoder.readInt64().toString(),
    lastStartOffset: decoder.readInt64().toString(),
    abortedTransactions: decoder.readArray((aborted) => ({
      producerId: aborted.readInt64().toString(),
      firstOffset: aborted.readInt64().toString(),
    })),
    preferredReadReplica: decoder.readInt32(),
    ...(await decodeRecords(decoder)),
  } as DecodedPartition;
}

async function decodeRecords(decoder: Decoder): Promise<RecordSet> {
  const records = decoder.readBytes();
  return records === null ? { messages: [], nextOffset: null } : decodeRecordSet(records);
}
