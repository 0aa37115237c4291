import { createRequire } from 'node:module';
import fc from 'fast-check';
import { crc32c } from './crc32c';
import { internals, type ProduceProtocol } from './internals';
import { inOnePass } from './produce-protocol';
import { encodeProduce, type ProduceCall } from './produce-request';

const requireKafkajs = createRequire(__filename);
const buffer = (maxLength: number) => fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes));
const text = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('x'.repeat(48), 'x'.repeat(49), `${'x'.repeat(47)}é`, '\ud800'),
);
const value = fc.oneof(
  { arbitrary: buffer(1_000), weight: 3 },
  // Around where the length of a record takes another number of bytes.
  fc.integer({ min: 7_000, max: 9_000 }).map((length) => Buffer.alloc(length, 'x')),
  fc.constantFrom(Buffer.alloc(0), Buffer.alloc(70_000), null),
  text,
);
const message = fc.record(
  {
    key: fc.option(fc.oneof(text, buffer(100)), { nil: undefined }),
    value,
    headers: fc.dictionary(text, fc.oneof({ arbitrary: text, weight: 5 }, buffer(100)), { maxKeys: 9 }),
  },
  { requiredKeys: ['value'] },
);
const partitions = fc.array(
  fc.record({
    partition: fc.nat(2 ** 31 - 1),
    firstSequence: fc.nat(2 ** 31 - 1),
    messages: fc.array(message, { minLength: 1, maxLength: 5 }),
  }),
  { maxLength: 3 },
);
const call = fc.record({
  acks: fc.constantFrom(-1, 0, 1),
  timeout: fc.nat(60_000),
  producerId: fc.bigInt({ min: -1n, max: 2n ** 63n - 1n }).map(String),
  producerEpoch: fc.nat(32_767),
  topicData: fc.array(fc.record({ topic: fc.stringMatching(/^[a-z._é-]{1,30}$/), partitions }), {
    maxLength: 3,
  }),
}) as fc.Arbitrary<ProduceCall>;

const encoded = async (protocol: ProduceProtocol, given: ProduceCall) =>
  (await protocol(given).request.encode()).buffer.toString('latin1');

describe('encodeProduce', () => {
  let now: jest.SpyInstance;
  beforeAll(() => (now = jest.spyOn(Date, 'now').mockReturnValue(1_740_133_769_123)));
  afterAll(() => now.mockRestore());
  const own = (version: number) => internals().produce.protocol({ version });

  it.each([3, 5, 7])('gives the bytes that kafkajs gives, in version %i', async (version) => {
    await fc.assert(
      fc.asyncProperty(call, async (given) => {
        expect(encodeProduce(given, Date.now())).not.toBeNull();
        expect(await encoded(inOnePass(own(version)), given)).toBe(await encoded(own(version), given));
      }),
    );
  });

  it.each<[string, Partial<ProduceCall>, object]>([
    ['a transaction', { transactionalId: 'x' }, {}],
    ['compression', { compression: 1 }, {}],
    ['a time of its own', {}, { timestamp: '1740133769000' }],
    ['several values of a header', {}, { headers: { a: ['x', 'y'] } }],
  ])('leaves to kafkajs what it does not write: %s', async (_what, part, ofMessage) => {
    const topicData = [
      {
        topic: 't',
        partitions: [{ partition: 0, firstSequence: 0, messages: [{ value: 'v', ...ofMessage }] }],
      },
    ];
    const given = {
      acks: -1,
      timeout: 1,
      producerId: '1',
      producerEpoch: 0,
      topicData,
      ...part,
    };
    expect(encodeProduce(given, Date.now())).toBeNull();
    expect(await encoded(inOnePass(own(7)), given)).toBe(await encoded(own(7), given));
  });
});

describe('crc32c', () => {
  it('is that of RFC 3720', () => {
    expect(crc32c(Buffer.from('123456789'), 0, 9)).toBe(0xe3069283);
    expect(crc32c(Buffer.alloc(32, 0xff), 0, 32)).toBe(0x62a8ab43);
  });

  it('is what kafkajs computes', () => {
    const crcByKafkajs = requireKafkajs('kafkajs/src/protocol/recordBatch/crc32C') as (
      bytes: Buffer,
    ) => number;
    fc.assert(
      fc.property(buffer(100), fc.nat(20), (bytes, start) => {
        expect(crc32c(bytes, Math.min(start, bytes.length), bytes.length)).toBe(
          crcByKafkajs(bytes.subarray(start)),
        );
      }),
    );
  });
});
