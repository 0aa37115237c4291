import { createLogger } from '@app/platform';
import { Tail } from './tail';

describe('the tail of the stream', () => {
  it('stops and says so when it cannot take what it reads', async () => {
    const outdated = Promise.withResolvers<string>();
    const tail = await Tail.open({
      log: { bounds: () => Promise.resolve([]) },
      tail: { follow: () => Promise.reject(new Error('a fault')) },
      shown: () => Promise.resolve([]),
      erased: () => Promise.resolve([]),
      logger: createLogger('test', 'silent'),
      held: 10,
      released: () => undefined,
      outdated: outdated.resolve,
    });
    expect(await outdated.promise).toBe('a fault');
    expect(tail.isStopped).toBe(true);
    await tail.stop();
  });
});
