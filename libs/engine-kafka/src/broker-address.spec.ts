import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { hostBehind, kafkajsBroker, readableBroker, socketFactory } from './broker-address';

describe('the address of a broker', () => {
  it.each([
    ['[::1]:9092', '::1', '9092'],
    ['[2001:db8::5]:9093', '2001:db8::5', '9093'],
    ['[::ffff:127.0.0.1]:9092', '::ffff:127.0.0.1', '9092'],
    ['[fe80::1%eth0]:9092', 'fe80::1%eth0', '9092'],
  ])('%s reaches kafkajs in a form that it does not cut, and comes out whole', (broker, host, port) => {
    const [shown, shownPort] = kafkajsBroker(broker).split(':');
    expect([hostBehind(shown!), shownPort]).toEqual([host, port]);
    expect(readableBroker(kafkajsBroker(broker))).toBe(broker);
  });

  it.each(['kafka-1:9092', '127.0.0.1:9092', 'broker.example.com:9092'])('%s stays as it is', (broker) => {
    expect(kafkajsBroker(broker)).toBe(broker);
    expect(hostBehind(broker.split(':')[0]!)).toBe(broker.split(':')[0]);
    expect(readableBroker(broker)).toBe(broker);
  });

  it('is connected to over IPv6', async () => {
    const server = createServer();
    server.listen(0, '::1');
    try {
      await once(server, 'listening');
    } catch {
      return; // This machine has no IPv6.
    }
    const { port } = server.address() as AddressInfo;
    const called = once(server, 'connection');
    const host = kafkajsBroker(`[::1]:${port}`).split(':')[0]!;
    const socket = socketFactory({ host, port, ssl: undefined as never, onConnect: () => undefined });
    await called;
    socket.destroy();
    server.close();
  });
});
