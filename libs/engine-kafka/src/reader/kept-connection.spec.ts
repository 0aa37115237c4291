import { until } from '@app/testing';
import type { Cluster } from '../kafkajs';
import { KeptConnection } from './kept-connection';

/** Connections that are counted. */
class Connections {
  made = 0;
  readonly closed: number[] = [];
  readonly kept: KeptConnection;

  constructor(isAway = false) {
    this.kept = new KeptConnection(async () => {
      const number = ++this.made;
      if (isAway) throw passing();
      return {
        addMultipleTargetTopics: () => Promise.resolve(),
        refreshMetadataIfNecessary: () => Promise.resolve(),
        disconnect: async () => void this.closed.push(number),
      } as unknown as Cluster;
    }, 5_000);
  }
}

const passing = (): Error => Object.assign(new Error('closed'), { retriable: true });
const lacking = (): Error => Object.assign(passing(), { type: 'UNKNOWN_TOPIC_OR_PARTITION' });
const failing = (...errors: Error[]) => {
  return () => (errors.length > 0 ? Promise.reject(errors.shift()!) : Promise.resolve('answered'));
};

describe('a kept connection', () => {
  it('is made anew for a question that failed, and stays for the others until they are answered', async () => {
    const connections = new Connections();
    const slow = Promise.withResolvers<string>();
    const other = connections.kept.use([], () => slow.promise);
    expect(await connections.kept.use([], failing(passing()))).toBe('answered');
    expect(connections).toMatchObject({ made: 2, closed: [] });
    slow.resolve('late');
    expect(await other).toBe('late');
    await until('the first is closed', () => connections.closed.length > 0);
    expect(connections.closed).toEqual([1]);
    await connections.kept.close();
    expect(connections.closed).toEqual([1, 2]);
  });

  it('is not asked again about a topic that does not exist', async () => {
    const connections = new Connections();
    const wrapped = Object.assign(new Error('retried', { cause: lacking() }), { retriable: true });
    for (const error of [lacking(), wrapped])
      await expect(connections.kept.use([], failing(error))).rejects.toBe(error);
    await until('both are closed', () => connections.closed.length === connections.made);
    expect(connections).toMatchObject({ made: 2, closed: [1, 2] });
  });

  it('is not made again and again while there is nobody to connect to', async () => {
    const connections = new Connections(true);
    await expect(connections.kept.use([], failing())).rejects.toThrow('closed');
    expect(connections.made).toBe(1);
  });
});
