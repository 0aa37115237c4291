import { crc32c } from './crc32c';
import { RecordWriter, varintSize } from './record-writer';

type Text = Buffer | string;

/** What kafkajs is given to send, and what of it this writes. */
export interface ProducedMessage {
  readonly key?: Text | null;
  readonly value: Text | null;
  readonly headers?: Readonly<Record<string, unknown>>;
}

/** kafkajs's call for a produce request of version 3 to 7. */
export interface ProduceCall {
  readonly acks: number;
  readonly timeout: number;
  readonly compression?: number;
  readonly transactionalId?: string | null;
  /** A number of 64 bits, as kafkajs has it: its text is in decimal. */
  readonly producerId: { toString(): string };
  readonly producerEpoch: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence: number;
      readonly messages: readonly (ProducedMessage & { readonly timestamp?: unknown })[];
    }[];
  }[];
}

const MAGIC = 2;
/** Of a request without its topics, of a topic without its name, of a partition without its records. */
const REQUEST_BYTES = 12;
const TOPIC_BYTES = 6;
const BATCH_BYTES = 69;
/** More than the numbers of a record take, or those of a header. */
const RECORD_BYTES = 30;
const HEADER_BYTES = 10;
/** What a record usually has beside its value. */
const USUAL_BYTES = 500;

/**
 * The body of a produce request, as kafkajs writes it, in one pass into one buffer.
 *
 * @param now epoch milliseconds: the time of its records
 * @returns null for what this leaves to kafkajs: transactions, compression, messages with a time of their own or
 *   with several values of a header
 */
export function encodeProduce(call: ProduceCall, now: number): Buffer | null {
  if (call.compression || (call.transactionalId ?? null) !== null) return null;
  const room = roomOf(call);
  if (room === null) return null;
  const writer = new RecordWriter(Buffer.allocUnsafe(room));
  writer.int16(-1);
  writer.int16(call.acks);
  writer.int32(call.timeout);
  writer.int32(call.topicData.length);
  const producerId = BigInt(call.producerId.toString());
  for (const { topic, partitions } of call.topicData) {
    writer.name(topic);
    writer.int32(partitions.length);
    for (const { partition, firstSequence, messages } of partitions) {
      writer.int32(partition);
      writeBatch(writer, messages, now, { producerId, producerEpoch: call.producerEpoch, firstSequence });
    }
  }
  return writer.bytes.subarray(0, writer.at);
}

interface Sequence {
  readonly producerId: bigint;
  readonly producerEpoch: number;
  readonly firstSequence: number;
}

function writeBatch(
  writer: RecordWriter,
  messages: readonly ProducedMessage[],
  now: number,
  { producerId, producerEpoch, firstSequence }: Sequence,
): void {
  const sizeAt = writer.skipInt32();
  const start = writer.at;
  writer.int64(0n);
  const lengthAt = writer.skipInt32();
  const lengthEnd = writer.at;
  writer.int32(0);
  writer.int8(MAGIC);
  const crcAt = writer.skipInt32();
  const crcEnd = writer.at;
  writer.int16(0);
  writer.int32(messages.length - 1);
  writer.int64(BigInt(now));
  writer.int64(BigInt(now));
  writer.int64(producerId);
  writer.int16(producerEpoch);
  writer.int32(firstSequence);
  writer.int32(messages.length);
  for (let i = 0; i < messages.length; i++) writeRecord(writer, messages[i]!, i);
  const { bytes, at: end } = writer;
  bytes.writeInt32BE(end - start, sizeAt);
  bytes.writeInt32BE(end - lengthEnd, lengthAt);
  bytes.writeUInt32BE(crc32c(bytes, crcEnd, end), crcAt);
}

function writeRecord(writer: RecordWriter, message: ProducedMessage, offsetDelta: number): void {
  const { key, value, headers } = message;
  const { at } = writer;
  const start = at + varintSize(USUAL_BYTES + (value?.length ?? 0));
  writer.at = start;
  // No attributes, and the time of the batch.
  writer.int8(0);
  writer.varint(0);
  writer.varint(offsetDelta);
  writer.sized(key ?? null);
  writer.sized(value);
  writer.varint(headers ? Object.keys(headers).length : 0);
  for (const name in headers) {
    writer.sized(name);
    writer.sized(headers[name] as Text);
  }
  writer.closeSized(at, start);
}

/** An upper bound of the request's bytes; null when it has something that this does not write. */
function roomOf({ topicData }: ProduceCall): number | null {
  let room = REQUEST_BYTES;
  for (const { topic, partitions } of topicData) {
    room += TOPIC_BYTES + mostBytes(topic);
    for (const { messages } of partitions) {
      room += BATCH_BYTES;
      for (const message of messages) {
        const bytes = roomOfRecord(message);
        if (bytes === null) return null;
        room += bytes;
      }
    }
  }
  return room;
}

function roomOfRecord({
  key,
  value,
  headers,
  timestamp,
}: ProducedMessage & { readonly timestamp?: unknown }): number | null {
  if ((timestamp ?? null) !== null || !isText(value ?? '') || !isText(key ?? '')) return null;
  let room = RECORD_BYTES + mostBytes(key ?? '') + mostBytes(value ?? '');
  for (const name in headers) {
    const header = headers[name];
    if (!isText(header)) return null;
    room += HEADER_BYTES + mostBytes(name) + mostBytes(header);
  }
  return room;
}

function isText(value: unknown): value is Text {
  return typeof value === 'string' || Buffer.isBuffer(value);
}

/** UTF-8 takes at most three bytes for a UTF-16 unit. */
function mostBytes(text: Text): number {
  return typeof text === 'string' ? 3 * text.length : text.length;
}
