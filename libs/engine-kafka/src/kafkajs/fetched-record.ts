import type { LogRecord } from '@app/engine';
import type { LogHeaders } from '@app/engine/adapters';
import type { IHeaders, KafkaMessage, RecordBatchEntry } from 'kafkajs';
import { internals, type BatchContext } from './internals';
import type { HeaderEntry, StoredHeaders } from '../stored-headers';
import { VarintReader } from './varint-reader';

/** A record in the bytes that it was fetched in. */
export class FetchedRecord implements LogRecord {
  readonly value: Buffer | null;
  private readonly keyAt: number;
  private readonly keyLength: number;
  private readonly headersAt: number;

  /**
   * @param start where the record starts in the bytes, after its length
   * @param reader stands at the key's length
   */
  constructor(
    private readonly bytes: Buffer,
    private readonly start: number,
    private readonly end: number,
    readonly offset: number,
    readonly timestamp: number,
    reader: VarintReader,
  ) {
    this.keyLength = reader.varint();
    this.keyAt = reader.at;
    if (this.keyLength > 0) reader.at += this.keyLength;
    const length = reader.varint();
    const valueAt = reader.at;
    this.headersAt = length > 0 ? valueAt + length : valueAt;
    if (this.headersAt > end) throw new Error(`the record at offset ${offset} is longer than it says`);
    this.value = length < 0 ? null : bytes.subarray(valueAt, this.headersAt);
  }

  get key(): Buffer | null {
    return this.keyLength < 0 ? null : this.bytes.subarray(this.keyAt, this.keyAt + this.keyLength);
  }

  get headers(): LogHeaders {
    return new HeaderBytes(this.bytes, this.headersAt);
  }

  /** The whole record, without its length. */
  get raw(): Buffer {
    return this.bytes.subarray(this.start, this.end);
  }
}

class HeaderBytes implements StoredHeaders {
  constructor(
    private readonly bytes: Buffer,
    private readonly start: number,
  ) {}

  /** @param name in ASCII */
  text(name: string): string | undefined {
    const reader = new VarintReader(this.bytes, this.start);
    let found = 0;
    let text: string | undefined;
    for (let left = reader.varint(); left > 0; left--) {
      const nameLength = reader.varint();
      const nameAt = reader.at;
      if (nameLength > 0) reader.at += nameLength;
      const length = reader.varint();
      const at = reader.at;
      if (length > 0) reader.at += length;
      if (nameLength !== name.length || !this.holds(name, nameAt)) continue;
      const value = length < 0 ? undefined : this.bytes.toString('utf8', at, reader.at);
      text = found++ === 0 ? value : `${text ?? ''},${value ?? ''}`;
    }
    return text;
  }

  entries(): readonly HeaderEntry[] {
    const reader = new VarintReader(this.bytes, this.start);
    const next = (): Buffer | null => {
      const length = reader.varint();
      const { at } = reader;
      if (length > 0) reader.at += length;
      return length < 0 ? null : this.bytes.subarray(at, reader.at);
    };
    return Array.from({ length: Math.max(0, reader.varint()) }, (): HeaderEntry => {
      const name = next()?.toString() ?? '';
      return [name, next()];
    });
  }

  private holds(name: string, at: number): boolean {
    for (let i = 0; i < name.length; i++) if (this.bytes[at + i] !== name.charCodeAt(i)) return false;
    return true;
  }
}

/** A record as kafkajs hands it on. */
export class FetchedMessage implements RecordBatchEntry {
  constructor(
    readonly record: FetchedRecord,
    readonly batchContext: BatchContext,
  ) {}

  get offset(): string {
    return String(this.record.offset);
  }

  get timestamp(): string {
    return String(this.record.timestamp);
  }

  get key(): Buffer | null {
    return this.record.key;
  }

  get value(): Buffer | null {
    return this.record.value;
  }

  get headers(): IHeaders {
    return this.decoded.headers!;
  }

  get attributes(): number {
    return this.decoded.attributes;
  }

  get magicByte(): number {
    return this.batchContext.magicByte;
  }

  get isControlRecord(): boolean {
    return this.batchContext.isControlBatch;
  }

  private get decoded(): KafkaMessage {
    const { Decoder, decodeRecord } = internals();
    return decodeRecord(new Decoder(this.record.raw), this.batchContext);
  }
}
