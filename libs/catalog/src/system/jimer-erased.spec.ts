import { createHash } from 'node:crypto';
import { CannotApply, textHeaders } from '@app/engine';
import { CATALOG, EVENT_NAMES } from '../catalog';
import { decodeEvent } from '../decode';
import { JIMER_ERASED, JIMER_TOPICS, jimerErased, readJimerErased } from './jimer-erased';

const TIME = Date.UTC(2026, 0, 1);
const UID = '11111111-AAAA-4111-8111-111111111111';
const told = (more: object = {}) =>
  jimerErased({
    workspace: 'acme',
    time: TIME,
    topic: 'jimo.engagement',
    jimer: { uid: UID },
    by: 'admin@acme',
    ...more,
  });

function decoded(headers: Record<string, string>, value: Buffer) {
  const result = decodeEvent({ headers: textHeaders(headers), value, timestamp: 5 });
  if (!result.ok) throw new Error(result.reason);
  return result.event;
}

describe('the event that a jimer was erased', () => {
  it('is a CloudEvent of its own type, keyed as every record is', () => {
    const { id, key, value, topic, headers } = told();
    expect(topic).toBe('jimo.engagement');
    expect(key).toBe(id + createHash('sha256').update(value).digest('hex'));
    expect(headers).toMatchObject({
      ce_id: id,
      ce_type: 'jimo-webhooks.jimer.erased',
      ce_source: '/jimo-webhooks/workspaces/acme',
      ce_partitionkey: UID.toLowerCase(),
    });
    expect(JSON.parse(value.toString())).toEqual({
      ...{ event: JIMER_ERASED, time: TIME, by: 'admin@acme' },
      jimer: { uid: UID.toLowerCase() },
    });
  });

  it('is the same in every topic, and in every form of the uid', () => {
    const { id, key } = told();
    expect(id).toBe('c05e8392-facd-5472-ac9a-79d90f16beda');
    for (const same of [told({ topic: 'jimo.quarantine' }), told({ jimer: { uid: UID.toLowerCase() } })])
      expect([same.id, same.key]).toEqual([id, key]);
    expect(told({ time: TIME + 1 }).id).not.toBe(id);
  });

  it('is read from its record, and from no other value', () => {
    const { headers, value } = told();
    expect(readJimerErased(decoded(headers, value))).toEqual({
      jimer: { uid: UID.toLowerCase() },
      by: 'admin@acme',
    });
    for (const other of [{}, { jimer: { uid: 'x' }, by: 'a' }, { jimer: { uid: UID } }])
      expect(() => readJimerErased(decoded(headers, Buffer.from(JSON.stringify(other))))).toThrow(
        CannotApply,
      );
  });

  it('goes to every topic whose events can carry a jimer', () => {
    for (const name of EVENT_NAMES) {
      const { topic, objects } = CATALOG[name];
      expect([name, JIMER_TOPICS.includes(topic)]).toEqual([name, objects.includes('jimer')]);
    }
  });
});
