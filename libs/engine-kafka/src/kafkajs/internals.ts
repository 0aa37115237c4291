import { createRequire } from 'node:module';
import type { Batch, Kafka, KafkaMessage } from 'kafkajs';
import type { ProduceCall } from './produce-request';

/** Another version may have these parts elsewhere, or make them work in another way. */
const VERSION = '2.2.4';

/** kafkajs's reader of a response, as far as it is used here. */
export interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readInt64(): bigint;
  readString(): string;
  /** Reads the length, and then as many bytes. */
  readBytes(): Buffer | null;
  readArray<T>(read: (decoder: Decoder) => T): T[];
  readArrayAsync<T>(read: (decoder: Decoder) => Promise<T>): Promise<T[]>;
  readUVarIntString(): string | null;
  readUVarIntArray<T>(read: (decoder: Decoder) => T): T[] | null;
  readTaggedFields(): unknown;
}

/** kafkajs's writer of a request, as far as it is used here. */
export interface Encoder {
  writeInt8(value: number): Encoder;
  writeInt32(value: number): Encoder;
  writeUVarIntString(value: string): Encoder;
  /** Without a value: no tagged fields. */
  writeUVarIntBytes(value?: Buffer): Encoder;
  writeUVarIntArray(values: readonly Encoder[]): Encoder;
}

/** What kafkajs keeps of a record batch beside its records. */
export interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly maxTimestamp: string;
  readonly timestampType: number;
  readonly partitionLeaderEpoch: number;
  readonly inTransaction: boolean;
  readonly isControlBatch: boolean;
  readonly lastOffsetDelta: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly magicByte: number;
}

export interface Codec {
  decompress(bytes: Buffer): Promise<Buffer>;
}

/** What a partition's part of an answer to Fetch holds. */
export interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: string;
  /** Up to here transactions have ended, and records are given. */
  readonly lastStableOffset: string;
  readonly abortedTransactions: readonly object[];
  readonly messages: readonly KafkaMessage[];
}

/** What kafkajs writes before a request: it copies these bytes, and reads nothing else of the object. */
export interface EncodedRequest {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

export type ProduceProtocol = (call: ProduceCall) => {
  readonly request: { encode(): Promise<EncodedRequest> };
};

export interface Internals {
  readonly Decoder: new (bytes: Buffer) => Decoder;
  readonly Encoder: new () => Encoder;
  /** Version 11 of Fetch: the newest that kafkajs speaks, and so what it speaks with every broker since 2.3. */
  readonly fetchResponse: { decode: (response: Buffer) => Promise<unknown> };
  /** One record, without its length. */
  readonly decodeRecord: (decoder: Decoder, batch: BatchContext) => KafkaMessage;
  /** A record set with its length, of any format. */
  readonly decodeMessages: (decoder: Decoder) => Promise<KafkaMessage[]>;
  /** @throws when the codec is none that is known */
  readonly codecOf: (attributes: number) => Codec | null;
  readonly produce: {
    protocol: (version: { readonly version: number }) => ProduceProtocol;
  };
  /** Leaves out records before the offset, those of aborted transactions, and control records. */
  readonly Batch: new (topic: string, fetchedOffset: string, partition: FetchedPartition) => Batch;
  /** @throws {Error} when the installed kafkajs keeps it elsewhere */
  readonly createCluster: <Options, Cluster>(kafka: Kafka, options: Options) => Cluster;
}

let found: Internals | undefined;

/**
 * The parts of kafkajs that it does not export. No other file of the project reaches into kafkajs.
 *
 * @throws {Error} when the installed kafkajs is not the one that they were read in
 */
export function internals(): Internals {
  return (found ??= load());
}

function load(): Internals {
  const require = createRequire(__filename);
  assertVersion((require('kafkajs/package.json') as { readonly version: string }).version);
  const protocol = (path: string): unknown => require(`kafkajs/src/protocol/${path}`);
  const { lookupCodecByAttributes } = protocol('message/compression') as {
    readonly lookupCodecByAttributes: Internals['codecOf'];
  };
  return {
    Decoder: protocol('decoder') as Internals['Decoder'],
    Encoder: protocol('encoder') as Internals['Encoder'],
    fetchResponse: protocol('requests/fetch/v11/response') as Internals['fetchResponse'],
    decodeRecord: protocol('recordBatch/record/v0/decoder') as Internals['decodeRecord'],
    decodeMessages: protocol('requests/fetch/v4/decodeMessages') as Internals['decodeMessages'],
    codecOf: lookupCodecByAttributes,
    produce: protocol('requests/produce') as Internals['produce'],
    Batch: require('kafkajs/src/consumer/batch') as Internals['Batch'],
    createCluster,
  };
}

/** @throws {Error} for any other than the one that this folder is written for */
export function assertVersion(version: string): void {
  if (version !== VERSION)
    throw new Error(
      `kafkajs ${version} is installed, but parts of kafkajs ${VERSION} are used that it does not export: ` +
        'compare libs/engine-kafka/src/kafkajs with the new version, or install that one',
    );
}

function createCluster<Options, Cluster>(kafka: Kafka, options: Options): Cluster {
  const key = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  if (!key) throw new Error('this client is none of kafkajs: it creates no cluster');
  return (kafka as unknown as Record<symbol, (options: Options) => Cluster>)[key]!(options);
}
