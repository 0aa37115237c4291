import { logReaderContract } from '@app/testing';
import { NO_HEADERS } from '@app/engine/adapters';
import { MemoryLog } from './memory-log';

describe('the log in memory', () => {
  logReaderContract(() => {
    const topics: string[] = [];
    const log = new MemoryLog([], 0);
    return {
      reader: log,
      fill: (partitions) => {
        const topic = `topic-${topics.push('') - 1}`;
        log.addTopic(topic);
        partitions.forEach((values, partition) => {
          log.addPartition(topic);
          for (const value of values)
            log.append(topic, partition, {
              key: null,
              value: Buffer.from(value),
              headers: NO_HEADERS,
              timestamp: 0,
            });
        });
        return Promise.resolve(topic);
      },
    };
  });
});
