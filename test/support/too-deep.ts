import { randomUUID } from 'node:crypto';
import type { SystemInfo } from '@app/testing/infra';
import { eventOf, nextTime } from './events';
import { kafkaOf } from './log';

/** Appends an answer nested deeper than a read model accepts. It bypasses the gateway, which would reject it: it becomes a dead letter. */
export async function appendTooDeep(info: SystemInfo): Promise<void> {
  const event = eventOf('survey.step.answered', nextTime());
  const value = JSON.stringify({ ...event, answer: { uid: randomUUID(), value: 'DEEP' } }).replace(
    '"DEEP"',
    '['.repeat(250) + ']'.repeat(250),
  );
  const producer = kafkaOf(info).producer({ idempotent: true });
  await producer.connect();
  const id = randomUUID();
  await producer.send({
    topic: 'jimo.engagement',
    messages: [
      {
        key: id,
        value,
        headers: {
          ce_specversion: '1.0',
          ce_id: id,
          ce_type: 'com.usejimo.survey.step.answered',
          ce_source: '/jimo/workspaces/default',
          ce_time: new Date(event['time'] as number).toISOString(),
          ce_partitionkey: (event['jimer'] as { uid: string }).uid,
          'content-type': 'application/json',
        },
      },
    ],
  });
  await producer.disconnect();
}
