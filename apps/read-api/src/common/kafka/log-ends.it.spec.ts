import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createKafka } from '@app/engine-kafka';
import { createTopic, testBrokers, uniqueTopic } from '@app/testing';
import { KAFKA_PATIENCE, LogEnds } from './log-ends';

const silent = { warn: () => undefined, debug: () => undefined };
const endsAt = (brokers: string): LogEnds =>
  new LogEnds(createKafka({ brokers: [brokers], ssl: false }, 'test', silent, KAFKA_PATIENCE));

describe('the ends of the logs', () => {
  it('are the offsets of the records that come next, per partition', async () => {
    const kafka = createKafka({ brokers: [testBrokers()], ssl: false }, 'test', silent);
    const topic = uniqueTopic();
    const [admin, producer] = [kafka.admin(), kafka.producer({ idempotent: true })];
    await Promise.all([admin.connect(), producer.connect()]);
    await createTopic(admin, { topic, numPartitions: 2 });
    await producer.send({ topic, messages: ['a', 'b', 'c'].map((value) => ({ value, partition: 1 })) });
    await producer.disconnect();

    const ends = endsAt(testBrokers());
    const none = uniqueTopic();
    const found = await ends.of([topic, none]);
    // kafkajs deletes only from topics that it has been asked about before.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 1, offset: '2' }] });
    await admin.disconnect();
    const later = await ends.now([topic]);
    await ends.onApplicationShutdown();
    const nothing = { low: 0, high: 0 };
    expect(Object.fromEntries(found?.get(topic) ?? [])).toEqual({ 0: nothing, 1: { low: 0, high: 3 } });
    expect(Object.fromEntries(later?.get(topic) ?? [])).toEqual({ 0: nothing, 1: { low: 2, high: 3 } });
    expect(found?.has(none)).toBe(false);
    expect([ends.partitionsOf(topic), ends.partitionsOf(none)]).toEqual([2, undefined]);
  });

  it('are not known when nobody answers', async () => {
    expect(await endsAt('127.0.0.1:1').of(['a'])).toBeNull();
  });

  it('are not waited for as long as a client of Kafka would', async () => {
    const sockets: Socket[] = [];
    const deaf = await listening(createServer((socket) => sockets.push(socket)));
    const ends = endsAt(`127.0.0.1:${(deaf.address() as AddressInfo).port}`);
    const started = performance.now();
    expect(await ends.of(['a'])).toBeNull();
    expect(performance.now() - started).toBeLessThan(10_000);
    await ends.onApplicationShutdown();
    deaf.close();
    for (const socket of sockets) socket.destroy();
  });
});

function listening(server: Server): Promise<Server> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
