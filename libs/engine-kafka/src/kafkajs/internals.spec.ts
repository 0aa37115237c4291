import { Kafka, logLevel } from 'kafkajs';
import { assertVersion, internals } from './internals';

const kafka = new Kafka({ brokers: ['127.0.0.1:1'], logLevel: logLevel.NOTHING });
const OPTIONS = { metadataMaxAge: 1_000, allowAutoTopicCreation: false };

describe('the parts of kafkajs that it does not export', () => {
  it('are all there', () => {
    for (const part of Object.values(internals())) expect(part).toBeDefined();
    expect(internals().createCluster(kafka, OPTIONS)).toMatchObject({
      connect: expect.any(Function) as unknown,
      findLeaderForPartitions: expect.any(Function) as unknown,
    });
  });

  it.each(['2.2.3', '2.2.5', '3.0.0'])('are refused in version %s', (version) => {
    expect(() => assertVersion(version)).toThrow(`kafkajs ${version} is installed`);
  });

  it('are not looked for in something else than a client', () => {
    expect(() => internals().createCluster({} as Kafka, OPTIONS)).toThrow('creates no cluster');
  });
});
