import { gzipSync, zstdCompressSync } from 'node:zlib';

/** Writers of what a broker answers, odd records included, that no producer of ours would write. */
export interface GivenRecord {
  readonly timestampDelta: bigint;
  readonly offsetDelta: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [name: Buffer, value: Buffer | null])[];
}

export interface GivenBatch {
  readonly firstOffset: bigint;
  readonly firstTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly producerId: bigint;
  readonly codec: 'none' | 'gzip' | 'zstd';
  readonly appendTime: boolean;
  readonly transactional: boolean;
  readonly control: boolean;
  readonly records: readonly GivenRecord[];
}

export interface GivenPartition {
  readonly aborted: readonly { readonly producerId: bigint; readonly firstOffset: bigint }[];
  readonly batches: readonly GivenBatch[];
  /** Bytes that are missing at the end; the first batch has its format at least, as kafkajs asks for. */
  readonly cut: number;
}

const CODECS = { none: 0, gzip: 1, zstd: 4 } as const;

function varlong(value: bigint): Buffer {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; left >= 0x80n; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(left)]);
}

const varint = (value: number): Buffer => varlong(BigInt(value));
const sized = (bytes: Buffer | null): Buffer =>
  bytes ? Buffer.concat([varint(bytes.length), bytes]) : varint(-1);

function recordBytes({ timestampDelta, offsetDelta, key, value, headers }: GivenRecord): Buffer {
  const parts = headers.flatMap(([name, text]) => [sized(name), sized(text)]);
  return sized(
    Buffer.concat([
      ...[Buffer.of(0), varlong(timestampDelta), varint(offsetDelta), sized(key), sized(value)],
      ...[varint(headers.length), ...parts],
    ]),
  );
}

class Writer {
  private readonly parts: Buffer[] = [];
  int8 = (value: number): this => this.write(1, (bytes) => bytes.writeInt8(value));
  int16 = (value: number): this => this.write(2, (bytes) => bytes.writeInt16BE(value));
  int32 = (value: number): this => this.write(4, (bytes) => bytes.writeInt32BE(value));
  int64 = (value: bigint): this => this.write(8, (bytes) => bytes.writeBigInt64BE(value));

  bytes(bytes: Buffer): this {
    this.parts.push(bytes);
    return this;
  }

  each<T>(items: readonly T[], write: (item: T) => void): this {
    this.int32(items.length);
    for (const item of items) write(item);
    return this;
  }

  end(): Buffer {
    return Buffer.concat(this.parts);
  }

  private write(size: number, to: (bytes: Buffer) => void): this {
    const bytes = Buffer.alloc(size);
    to(bytes);
    return this.bytes(bytes);
  }
}

export function batchBytes(batch: GivenBatch): Buffer {
  const { codec, appendTime, transactional, control, records } = batch;
  const attributes =
    CODECS[codec] | (appendTime ? 0x8 : 0) | (transactional ? 0x10 : 0) | (control ? 0x20 : 0);
  const plain = Buffer.concat(records.map(recordBytes));
  const content = codec === 'gzip' ? gzipSync(plain) : codec === 'zstd' ? zstdCompressSync(plain) : plain;
  const rest = new Writer()
    .int32(7)
    .int8(2)
    .int32(0)
    .int16(attributes)
    .int32(records.at(-1)?.offsetDelta ?? 0)
    .int64(batch.firstTimestamp)
    .int64(batch.maxTimestamp)
    .int64(batch.producerId)
    .int16(3)
    .int32(5)
    .int32(records.length)
    .bytes(content)
    .end();
  return new Writer().int64(batch.firstOffset).int32(rest.length).bytes(rest).end();
}

/** A response to Fetch, version 11, of one topic. */
export function responseBytes(partitions: readonly GivenPartition[]): Buffer {
  const response = new Writer().int32(11).int16(0).int32(9).int32(1);
  response.int16(1).bytes(Buffer.from('t'));
  response.each(partitions, ({ aborted, batches, cut }) => {
    const whole = Buffer.concat(batches.map(batchBytes));
    const set = whole.subarray(0, Math.max(17, whole.length - cut));
    response
      .int32(partitions.length)
      .int16(0)
      .int64(1n << 40n)
      .int64(90n)
      .int64(0n);
    response.each(aborted, ({ producerId, firstOffset }) => response.int64(producerId).int64(firstOffset));
    response.int32(-1).int32(set.length).bytes(set);
  });
  return response.end();
}
