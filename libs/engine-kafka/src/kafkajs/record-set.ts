import type { KafkaMessage } from 'kafkajs';
import { FetchedMessage, FetchedRecord } from './fetched-record';
import { internals, type BatchContext } from './internals';
import { VarintReader } from './varint-reader';

/** Where things stand in a record batch: https://kafka.apache.org/documentation/#recordbatch */
const LENGTH_AT = 8;
const EPOCH_AT = 12;
const MAGIC_AT = 16;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const FIRST_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const PRODUCER_EPOCH_AT = 51;
const FIRST_SEQUENCE_AT = 53;
const COUNT_AT = 57;
const RECORDS_AT = 61;

const MAGIC = 2;
const LOG_APPEND_TIME = 0x8;
const TRANSACTIONAL = 0x10;
const CONTROL = 0x20;

export interface RecordSet {
  readonly messages: readonly KafkaMessage[];
  /**
   * The offset after the last whole batch, which is beyond its last record where compaction removed that; null
   * without a whole batch.
   */
  readonly nextOffset: number | null;
}

/**
 * Decodes the records of one partition, as kafkajs does but several times as fast: offsets and times are numbers,
 * headers stay bytes until they are asked for. What numbers or this format cannot hold is left to kafkajs.
 *
 * @param bytes record batches; the last may be cut off, and is not looked at then
 * @throws {Error} when a batch contradicts itself, or its codec is unknown or fails
 */
export async function decodeRecordSet(bytes: Buffer): Promise<RecordSet> {
  if (bytes.length > MAGIC_AT && bytes[MAGIC_AT] !== MAGIC) return decodeAsKafkajs(bytes);
  const messages: KafkaMessage[] = [];
  let nextOffset: number | null = null;
  let start = 0;
  while (bytes.length - start >= RECORDS_AT) {
    const length = bytes.readInt32BE(start + LENGTH_AT);
    const end = start + EPOCH_AT + length;
    if (end > bytes.length) break;
    if (end < start + RECORDS_AT) throw new Error(`a record batch is said to have ${length} bytes`);
    await decodeBatch(bytes.subarray(start, end), messages);
    nextOffset = Number(bytes.readBigInt64BE(start)) + bytes.readInt32BE(start + LAST_OFFSET_DELTA_AT) + 1;
    start = end;
  }
  return { messages, nextOffset };
}

async function decodeAsKafkajs(bytes: Buffer): Promise<RecordSet> {
  const { Decoder, decodeMessages } = internals();
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  const messages = await decodeMessages(new Decoder(Buffer.concat([length, bytes])));
  const last = messages.at(-1);
  return { messages, nextOffset: last ? Number(last.offset) + 1 : null };
}

async function decodeBatch(bytes: Buffer, messages: KafkaMessage[]): Promise<void> {
  const count = bytes.readInt32BE(COUNT_AT);
  if (count <= 0) return;
  const codec = internals().codecOf(bytes.readInt16BE(ATTRIBUTES_AT));
  const records = bytes.subarray(RECORDS_AT);
  decodeRecords(codec ? await codec.decompress(records) : records, count, contextOf(bytes), messages);
}

function contextOf(bytes: Buffer): BatchContext {
  const attributes = bytes.readInt16BE(ATTRIBUTES_AT);
  return {
    firstOffset: bytes.readBigInt64BE(0).toString(),
    firstTimestamp: bytes.readBigInt64BE(FIRST_TIMESTAMP_AT).toString(),
    maxTimestamp: bytes.readBigInt64BE(MAX_TIMESTAMP_AT).toString(),
    timestampType: (attributes & LOG_APPEND_TIME) > 0 ? 1 : 0,
    partitionLeaderEpoch: bytes.readInt32BE(EPOCH_AT),
    inTransaction: (attributes & TRANSACTIONAL) > 0,
    isControlBatch: (attributes & CONTROL) > 0,
    lastOffsetDelta: bytes.readInt32BE(LAST_OFFSET_DELTA_AT),
    producerId: bytes.readBigInt64BE(PRODUCER_ID_AT).toString(),
    producerEpoch: bytes.readInt16BE(PRODUCER_EPOCH_AT),
    firstSequence: bytes.readInt32BE(FIRST_SEQUENCE_AT),
    magicByte: MAGIC,
  };
}

function decodeRecords(bytes: Buffer, count: number, batch: BatchContext, messages: KafkaMessage[]): void {
  const firstOffset = Number(batch.firstOffset);
  const appended = batch.timestampType === 1;
  const baseTime = Number(appended ? batch.maxTimestamp : batch.firstTimestamp);
  const reader = new VarintReader(bytes, 0);
  for (let i = 0; i < count; i++) {
    const length = reader.varint();
    const start = reader.at;
    const end = start + length;
    if (length <= 0 || end > bytes.length) throw new Error('a record ends beyond its batch');
    // The attributes of a record are not used.
    reader.at = start + 1;
    const delta = reader.varlong();
    const timestamp = appended ? baseTime : baseTime + delta;
    const offset = firstOffset + reader.varint();
    if (Number.isSafeInteger(timestamp) && Number.isSafeInteger(offset)) {
      const record = new FetchedRecord(bytes, start, end, offset, timestamp, reader);
      messages.push(new FetchedMessage(record, batch));
    } else messages.push(decodeRecord(bytes.subarray(start, end), batch));
    reader.at = end;
  }
}

function decodeRecord(bytes: Buffer, batch: BatchContext): KafkaMessage {
  const { Decoder, decodeRecord: decode } = internals();
  return decode(new Decoder(bytes), batch);
}
