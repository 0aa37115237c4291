import { createRequire } from 'node:module';
import type { KafkaMessage } from 'kafkajs';

/** Another version may decode in another way, or elsewhere: then this folder has to be looked at first. */
const VERSION = '2.2.4';

/** kafkajs's reader of a response, as far as it is used here. */
export interface Decoder {
  readInt16(): number;
  readInt32(): number;
  readInt64(): bigint;
  readString(): string;
  /** Of the length that is read first. */
  readBytes(): Buffer | null;
  readArray<T>(read: (decoder: Decoder) => T): T[];
  readArrayAsync<T>(read: (decoder: Decoder) => Promise<T>): Promise<T[]>;
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

interface FetchResponse {
  decode: (response: Buffer) => Promise<unknown>;
}

export interface Internals {
  readonly Decoder: new (bytes: Buffer) => Decoder;
  /** Version 11 of Fetch: the newest that kafkajs speaks, and so what it speaks with every broker since 2.3. */
  readonly fetchResponse: FetchResponse;
  /** One record, without its length. */
  readonly decodeRecord: (decoder: Decoder, batch: BatchContext) => KafkaMessage;
  /** A record set with its length, of any format. */
  readonly decodeMessages: (decoder: Decoder) => Promise<KafkaMessage[]>;
  /** @throws when the codec is none that is known */
  readonly codecOf: (attributes: number) => Codec | null;
}

let found: Internals | undefined;

/** @throws {Error} when the installed kafkajs is not the one that this is written for */
export function internals(): Internals {
  return (found ??= load());
}

function load(): Internals {
  const require = createRequire(__filename);
  const { version } = require('kafkajs/package.json') as { readonly version: string };
  if (version !== VERSION)
    throw new Error(
      `kafkajs ${version} is installed, but records are decoded with parts of kafkajs ${VERSION}: ` +
        'compare libs/engine-kafka/src/fetch with the new version, or install that one',
    );
  const part = (path: string): unknown => require(`kafkajs/src/protocol/${path}`);
  const { lookupCodecByAttributes } = part('message/compression') as {
    readonly lookupCodecByAttributes: Internals['codecOf'];
  };
  return {
    Decoder: part('decoder') as Internals['Decoder'],
    fetchResponse: part('requests/fetch/v11/response') as FetchResponse,
    decodeRecord: part('recordBatch/record/v0/decoder') as Internals['decodeRecord'],
    decodeMessages: part('requests/fetch/v4/decodeMessages') as Internals['decodeMessages'],
    codecOf: lookupCodecByAttributes,
  };
}
