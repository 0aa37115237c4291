// #region imports
import { readRecord, TOPICS } from '@jimo-webhooks/catalog';
// #endregion
import type { ConsumedRecord } from '@jimo-webhooks/catalog';
import { jimerErased } from '../system/jimer-erased';

const forget = jest.fn<void, [workspace: string, uid: string]>();
const drop = jest.fn<void, [key: string]>();
const log = jest.spyOn(console, 'log').mockReturnValue();

function take(message: ConsumedRecord): void {
  // #region read
  // A record as a Kafka client gives it; kafkajs's messages are such.
  const read = readRecord(message);
  switch (read.kind) {
    case 'jimo': // read.event has the type of read.name
      if (read.name === 'survey.step.answered') console.log(read.id, read.event.answer.uid);
      break;
    case 'system': // an event of this system
      if (read.name === 'jimer.erased') forget(read.workspace, read.event.jimer.uid);
      break;
    case 'tombstone': // what was made of the record with this key must go
      drop(read.key);
      break;
    case 'unknown': // a newer catalogue's
    case 'invalid': // another producer's
      break;
  }
  // #endregion
}

const UID = '17dff65e-434d-4454-bb57-a1167fefbb6b';
const ID = '11111111-1111-5111-8111-111111111111';

describe('the sample of the README', () => {
  it('takes what a webhook delivered, by its name', () => {
    const body = {
      ...{
        event: 'survey.step.answered',
        time: 1_740_125_703_000,
        jimer: { uid: UID },
        experience: { uid: UID },
      },
      ...{ survey: { uid: 's' }, step: { uid: 'q' }, answer: { uid: 'a1', value: 9 } },
    };
    take({
      key: 'k',
      value: Buffer.from(JSON.stringify(body)),
      headers: {
        ...{ ce_id: ID, ce_type: `com.usejimo.${body.event}`, ce_source: '/jimo/workspaces/acme' },
        ce_time: '2025-02-21T08:15:03.000Z',
      },
    });
    expect(log.mock.calls).toEqual([[ID, 'a1']]);
  });

  it('forgets a person, and what a tombstone says', () => {
    const { key, value, headers } = jimerErased({
      ...{ workspace: 'acme', time: 0, topic: TOPICS.engagement, jimer: { uid: UID }, by: 'a test' },
    });
    take({ key, value, headers: { ...headers } });
    expect(forget.mock.calls).toEqual([['acme', UID]]);
    take({ key: `${ID}ff`, value: null });
    expect(drop.mock.calls).toEqual([[`${ID}ff`]]);
  });
});
