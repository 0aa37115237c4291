import { createHash } from 'node:crypto';
import { CannotApply, textHeaders } from '@app/engine';
import { acceptEvent } from '../accept';
import { EVENT_NAMES } from '../catalog';
import { decodeEvent } from '../decode';
import { example, OBJECTS } from '../examples.fixture';
import {
  BACKLOG_ITEM_TRIAGED,
  backlogItemTriaged,
  readBacklogItemTriaged,
  type BacklogItemTriaged,
} from './backlog-item-triaged';

const TIME = Date.UTC(2026, 0, 1);
const ABOUT: BacklogItemTriaged = {
  request: { uid: 'Request-1' },
  jimer: { uid: '33333333-3333-4333-8333-333333333333' },
  version: 2,
  item: { status: 'planned', tags: ['a', 'b'], assignee: 'Kim', note: null, mergedInto: null },
  changed: ['status', 'tags'],
  change: '11111111-1111-4111-8111-111111111111',
  by: 'triage@acme',
  actor: null,
};
const triaged = (more: object = {}) =>
  backlogItemTriaged({ ...ABOUT, workspace: 'acme', time: TIME, ...more });

function decoded({ value, headers }: { value: Buffer; headers: Record<string, string> }) {
  const result = decodeEvent({ value, headers: textHeaders(headers), timestamp: 5 });
  if (!result.ok) throw new Error(result.reason);
  return result.event;
}

describe('the event that an item of the backlog was triaged', () => {
  it('is a CloudEvent of its own type, keyed as every record is, in the partition of its request', () => {
    const { id, key, value, topic, partitionKey, headers } = triaged();
    expect([topic, partitionKey]).toEqual(['jimo.feedback', 'request-1']);
    expect(key).toBe(id + createHash('sha256').update(value).digest('hex'));
    expect(headers).toMatchObject({
      ce_id: id,
      ce_type: 'jimo-webhooks.backlog.item.triaged',
      ce_source: '/jimo-webhooks/workspaces/acme',
      ce_time: '2026-01-01T00:00:00.000Z',
    });
    expect(JSON.parse(value.toString())).toEqual({ event: BACKLOG_ITEM_TRIAGED, time: TIME, ...ABOUT });
    const request = { ...OBJECTS.request, uid: 'Request-1' };
    const created = acceptEvent({
      workspace: 'acme',
      text: JSON.stringify({ ...example('request.created'), request }),
      now: TIME,
    });
    expect(created).toMatchObject({ topic, partitionKey });
  });

  it('has an id that never changes for what it tells, and one for each change', () => {
    expect(triaged().id).toBe('9c0b3e16-4d4d-59fc-9b83-eb7b5411255c');
    expect(triaged({ by: 'another', version: 9 }).id).toBe(triaged().id);
    const others = [
      triaged({ time: TIME + 1 }),
      triaged({ workspace: 'a' }),
      triaged({ request: { uid: 'request-1' } }),
      triaged({ change: '22222222-2222-4222-8222-222222222222' }),
    ];
    expect(new Set([triaged(), ...others].map(({ id }) => id)).size).toBe(5);
  });

  it('decodes as a system event and is read by its class', () => {
    const event = decoded(triaged());
    expect(event).toMatchObject({ origin: 'system', name: BACKLOG_ITEM_TRIAGED, workspace: 'acme' });
    expect(readBacklogItemTriaged(event)).toMatchObject(ABOUT);
    expect(EVENT_NAMES).not.toContain(BACKLOG_ITEM_TRIAGED);
  });

  it.each([
    [{ request: {} }, 'request'],
    [{ jimer: undefined }, 'jimer'],
    [{ jimer: { uid: 'x' } }, 'jimer'],
    [{ version: 1 }, 'version'],
    [{ version: '2' }, 'version'],
    [{ item: { ...ABOUT.item, status: 'lost' } }, 'item'],
    [{ item: { ...ABOUT.item, tags: ['a', 'a'] } }, 'item'],
    [{ item: { ...ABOUT.item, tags: ['x'.repeat(51)] } }, 'item'],
    [{ item: { ...ABOUT.item, tags: 'a' } }, 'item'],
    [{ item: { ...ABOUT.item, assignee: undefined } }, 'item'],
    [{ item: { ...ABOUT.item, note: 'x'.repeat(10_001) } }, 'item'],
    [{ item: { ...ABOUT.item, mergedInto: '' } }, 'item'],
    [{ item: undefined }, 'item'],
    [{ changed: ['title'] }, 'changed'],
    [{ change: 'x' }, 'change'],
    [{ by: '' }, 'by'],
    [{ actor: 7 }, 'actor'],
  ])('cannot be read with %j', (more, named) => {
    const value = Buffer.from(JSON.stringify({ ...ABOUT, ...more }));
    const event = decoded({ ...triaged(), value });
    expect(() => readBacklogItemTriaged(event)).toThrow(CannotApply);
    expect(() => readBacklogItemTriaged(event)).toThrow(`${named} is invalid`);
  });
});
