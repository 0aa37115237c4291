import type { KafkaMessage } from 'kafkajs';
import { internals, type Decoder } from './internals';
import { decodeRecordSet } from './record-set';

/** Makes every client of this process decode what it fetches as `decodeRecordSet` does. */
export function decodeFetchesLazily(): void {
  internals().fetchResponse.decode = decodeFetchResponse;
}

/** A response to Fetch, version 11, in kafkajs's own form. */
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

async function decodePartition(decoder: Decoder): Promise<unknown> {
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
    messages: await decodeMessages(decoder),
  };
}

async function decodeMessages(decoder: Decoder): Promise<readonly KafkaMessage[]> {
  const records = decoder.readBytes();
  return records === null ? [] : decodeRecordSet(records);
}
