import type { LogRecord } from '@app/engine';
import fc from 'fast-check';
import type { KafkaMessage } from 'kafkajs';
import { createKafka } from '../kafka-client';
import { recordOf } from './record';
import { FetchedMessage } from './fetched-record';
import { internals } from './internals';
import { decodeFetchResponse, recordsFrom, type DecodedPartition } from './fetch-response';
import {
  responseBytes,
  type GivenBatch,
  type GivenPartition,
  type GivenRecord,
} from './fetch-response.fixture';

/** kafkajs's own, taken before a client of ours replaces it. */
const decodeAsKafkajs = internals().fetchResponse.decode;
const { Batch } = internals();

const reach = { brokers: ['127.0.0.1:1'], ssl: false };
// Registers the codecs.
createKafka(reach, 'spec', { warn: () => undefined, debug: () => undefined });

interface Response {
  readonly responses: readonly { readonly partitions: readonly DecodedPartition[] }[];
}

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const NAMES = ['ce_id', 'ce_type', 'é', '', 'x'];
const headers = fc.array(
  fc.tuple(
    fc.constantFrom(...NAMES).map((name) => Buffer.from(name)),
    fc.option(bytes(40), { freq: 3 }),
  ),
  { maxLength: 5 },
);
const record = fc.record<Omit<GivenRecord, 'offsetDelta'>>({
  timestampDelta: fc.oneof(
    { weight: 8, arbitrary: fc.bigInt({ min: -70_000n, max: 1n << 36n }) },
    { weight: 1, arbitrary: fc.bigInt({ min: -(1n << 62n), max: 1n << 62n }) },
  ),
  key: fc.option(bytes(200)),
  value: fc.option(bytes(300)),
  headers,
});
const batch = fc
  .record({
    firstOffset: fc.oneof(fc.bigInt({ min: 0n, max: 1n << 33n }), fc.constant((1n << 53n) - 3n)),
    firstTimestamp: fc.oneof(fc.bigInt({ min: 0n, max: 1n << 42n }), fc.constantFrom(-1n, (1n << 60n) + 1n)),
    maxTimestamp: fc.bigInt({ min: 1n, max: 1n << 54n }),
    producerId: fc.bigInt({ min: -1n, max: 3n }),
    codec: fc.constantFrom('none', 'gzip', 'zstd'),
    appendTime: fc.boolean(),
    transactional: fc.boolean(),
    control: fc.boolean(),
    records: fc.array(record, { maxLength: 6 }),
    gap: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ gap, records, ...rest }): GivenBatch => {
    return { ...rest, records: records.map((each, i) => ({ ...each, offsetDelta: i * gap })) };
  });
const partition = fc.record<GivenPartition>({
  aborted: fc.array(
    fc.record({
      producerId: fc.bigInt({ min: -1n, max: 3n }),
      firstOffset: fc.bigInt({ min: 0n, max: 1n << 33n }),
    }),
    { maxLength: 2 },
  ),
  batches: fc.array(batch, { maxLength: 4 }),
  cut: fc.oneof(fc.constant(0), fc.nat(200)),
});

/** All that kafkajs and its users may read of a message. */
function shown(message: KafkaMessage): object {
  const { offset, timestamp, key, value, headers: all, attributes } = message;
  const { magicByte, isControlRecord, batchContext } = message as unknown as Record<string, unknown>;
  return {
    ...{ offset, timestamp, key, value, attributes, magicByte, isControlRecord, batchContext },
    headers: Object.entries(all!),
  };
}

const withShown = (response: unknown): unknown => ({
  ...(response as Response),
  responses: (response as Response).responses.map((topic) => ({
    ...topic,
    // kafkajs has no nextOffset.
    partitions: topic.partitions.map((each) => ({
      ...each,
      nextOffset: undefined,
      messages: each.messages.map(shown),
    })),
  })),
});

describe('what is fetched', () => {
  it('is what kafkajs decodes, to the last field', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(partition, { maxLength: 3 }), async (partitions) => {
        const response = responseBytes(partitions);
        const expected = withShown(await decodeAsKafkajs(Buffer.from(response)));
        expect(withShown(await decodeFetchResponse(response))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('shows the engine the same records, and kafkajs the same ones as aborted', async () => {
    await fc.assert(
      fc.asyncProperty(partition, fc.bigInt({ min: 0n, max: 1n << 33n }), async (given, from) => {
        const response = responseBytes([given]);
        const [expected, found] = [await decodeAsKafkajs(response), await decodeFetchResponse(response)].map(
          (decoded) => {
            const batchOf = (decoded as Response).responses[0]!.partitions[0]!;
            return new Batch('t', from.toString(), batchOf);
          },
        );
        expect(found!.lastOffset()).toBe(expected!.lastOffset());
        expect(found!.firstOffset()).toBe(expected!.firstOffset());
        const records = [expected!, found!].map(({ messages }) =>
          messages.map(recordOf).map(({ offset, timestamp, key, value, headers: all }) => ({
            ...{ offset, timestamp, key, value },
            headers: NAMES.filter((name) => name !== 'é').map((name) => all.text(name)),
          })),
        );
        expect(records[1]).toEqual(records[0]);
      }),
      { numRuns: 300 },
    );
  });

  it('shows a reader what kafkajs would show a consumer, and where to read on', async () => {
    await fc.assert(
      fc.asyncProperty(partition, fc.integer({ min: 0, max: 2 ** 33 }), async (given, from) => {
        const decoded = (await decodeFetchResponse(responseBytes([given]))) as Response;
        const fetched = decoded.responses[0]!.partitions[0]!;
        const { messages } = new Batch('t', String(from), fetched);
        const fields = ({ offset, timestamp, key, value }: LogRecord) => ({ offset, timestamp, key, value });
        expect(recordsFrom('t', fetched, from).map(fields)).toEqual(messages.map(recordOf).map(fields));
        if (given.cut === 0 && given.batches.length > 0) {
          const { firstOffset, records } = given.batches.at(-1)!;
          expect(fetched.nextOffset).toBe(Number(firstOffset) + (records.at(-1)?.offsetDelta ?? 0) + 1);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is decoded so by every client that is created', async () => {
    expect(internals().fetchResponse.decode).toBe(decodeFetchResponse);
    expect(decodeAsKafkajs).not.toBe(decodeFetchResponse);
    const one = { timestampDelta: 0n, offsetDelta: 0, key: null, value: Buffer.of(1), headers: [] };
    const plain = { firstOffset: 5n, firstTimestamp: 7n, maxTimestamp: 7n, producerId: -1n, codec: 'none' };
    const flags = { appendTime: false, transactional: false, control: false };
    const batches = [{ ...plain, ...flags, records: [one] } as GivenBatch];
    const response = await decodeFetchResponse(responseBytes([{ aborted: [], batches, cut: 0 }]));
    const [message] = (response as Response).responses[0]!.partitions[0]!.messages;
    expect(message).toBeInstanceOf(FetchedMessage);
    expect(recordOf(message!)).toMatchObject({ offset: 5, timestamp: 7, key: null, value: Buffer.of(1) });
  });

  it('fails for what contradicts itself, instead of reading beyond it', async () => {
    const one = { timestampDelta: 0n, offsetDelta: 0, key: null, value: Buffer.alloc(9), headers: [] };
    const plain = { firstOffset: 5n, firstTimestamp: 7n, maxTimestamp: 7n, producerId: -1n, codec: 'none' };
    const flags = { appendTime: false, transactional: false, control: false };
    const batches = [{ ...plain, ...flags, records: [one] } as GivenBatch];
    const whole = responseBytes([{ aborted: [], batches, cut: 0 }]);
    const recordAt = whole.length - 16;
    for (const [at, byte, problem] of [
      [recordAt, 0x7f, 'a record ends beyond its batch'],
      [recordAt, 1, 'a record ends beyond its batch'],
      [recordAt + 5, 0x7e, 'is longer than it says'],
      [whole.length - 16 - 50, 0, 'is said to have'],
    ] as const) {
      const response = Buffer.from(whole);
      response[at] = byte;
      await expect(decodeFetchResponse(response)).rejects.toThrow(problem);
    }
  });
});
