import { textHeaders } from '@app/engine';
import { acceptEvent } from './accept';
import { CATALOG, EVENT_NAMES } from './catalog';
import { decodeEvent } from './decode';
import { example, TIME } from './examples.fixture';

const RECEIVED = TIME + 500;

function recordOf(body: unknown, workspace = 'default') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const result = acceptEvent({ workspace, text, now: TIME });
  if (result.outcome === 'rejected') throw new Error(result.detail);
  return {
    id: result.id,
    headers: result.headers,
    record: {
      value: result.value as Buffer | null,
      headers: textHeaders(result.headers),
      timestamp: RECEIVED,
    },
  };
}

function decoded(body: unknown, workspace?: string) {
  const result = decodeEvent(recordOf(body, workspace).record);
  if (!result.ok) throw new Error(result.reason);
  return result.event;
}

describe('decodeEvent', () => {
  it.each(EVENT_NAMES)('gives back what was accepted: %s', (name) => {
    const { id, record } = recordOf(example(name), 'a/b é');
    expect(decodeEvent(record)).toMatchObject({
      ok: true,
      event: {
        workspace: 'a/b é',
        id,
        name,
        time: TIME,
        receivedAt: RECEIVED,
        rank: CATALOG[name].rank,
        problems: undefined,
        payload: example(name),
      },
    });
  });

  it('gives the JSON text of a member as it was received', () => {
    const event = decoded('{"event":"x","time":"1740133769","big": [9007199254740993, 1.0]}');
    expect(event.raw('big')).toBe('[9007199254740993, 1.0]');
    expect(event.raw('none')).toBeUndefined();
    expect(event.text).toBe('{"event":"x","time":1740133769000,"big": [9007199254740993, 1.0]}');
    expect(event.rank).toBe(0);
  });

  it('tells why an event was quarantined', () => {
    expect(decoded({ event: 'tour.started', time: TIME, experience: {} }).problems).toHaveLength(2);
  });

  it('routes by the headers alone', () => {
    const { record } = recordOf(example('tour.started'));
    const result = decodeEvent({ ...record, value: Buffer.from('not JSON') });
    expect(result).toMatchObject({ ok: true, event: { name: 'tour.started', time: TIME } });
    if (!result.ok) return;
    expect(() => result.event.payload).toThrow('not JSON');
    expect(() => result.event.raw('jimer')).toThrow('not JSON');
  });

  it.each([
    ['ce_id', undefined],
    ['ce_id', 'x'],
    ['ce_type', undefined],
    ['ce_type', 'tour.started'],
    ['ce_type', 'com.usejimo.'],
    ['ce_source', undefined],
    ['ce_source', '/jimo/workspaces/'],
    ['ce_source', '/jimo/workspaces/%ff'],
    ['ce_time', undefined],
    ['ce_time', 'yesterday'],
  ])('says what is wrong with a record of another producer: %s %s', (header, value) => {
    const { record, headers } = recordOf(example('tour.started'));
    const odd = textHeaders({ ...headers, [header]: value });
    expect(decodeEvent({ ...record, headers: odd })).toEqual({
      ok: false,
      reason: expect.stringContaining(header) as string,
    });
  });

  it('takes no tombstone', () => {
    expect(decodeEvent({ ...recordOf(example('tour.started')).record, value: null }).ok).toBe(false);
  });
});
