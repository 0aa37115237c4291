import { createHash } from 'node:crypto';
import { textHeaders } from '@app/engine';
import { acceptEvent } from '../accept';
import { EVENT_NAMES } from '../catalog';
import { decodeEvent } from '../decode';
import { REJECTED_REPLAYED, rejectedReplayed, readRejectedReplayed } from './rejected-replayed';

const TIME = Date.UTC(2026, 0, 1);
const ABOUT = {
  setAside: { kind: 'quarantine', id: '11111111-1111-4111-8111-111111111111' },
  accepted: { id: '22222222-2222-4222-8222-222222222222', position: 'jimo.engagement/3@17' },
  carries: ['33333333-3333-4333-8333-333333333333'],
  by: 'admin',
} as const;
const told = (more: object = {}) =>
  rejectedReplayed({ ...ABOUT, workspace: 'a/b', time: TIME, partitionKey: 'k', ...more });

describe('the event that a rejected event was replayed', () => {
  it('is a CloudEvent of its own type and source, keyed as every record is', () => {
    const { id, key, value, topic, headers } = told();
    expect(topic).toBe('jimo.quarantine');
    expect(key).toBe(id + createHash('sha256').update(value).digest('hex'));
    expect(headers).toEqual({
      ce_specversion: '1.0',
      ce_id: id,
      ce_type: 'jimo-webhooks.set-aside.replayed',
      ce_source: '/jimo-webhooks/workspaces/a%2Fb',
      ce_time: '2026-01-01T00:00:00.000Z',
      ce_partitionkey: 'k',
      'content-type': 'application/json',
    });
    expect(JSON.parse(value.toString())).toEqual({ event: REJECTED_REPLAYED, time: TIME, ...ABOUT });
  });

  it('has an id that never changes for what it tells', () => {
    expect(told().id).toBe('77823d53-2d59-520c-b9e3-a06f1cd5e01a');
    expect(told({ by: 'another', partitionKey: 'other' }).id).toBe(told().id);
    const others = [
      told({ time: TIME + 1 }),
      told({ workspace: 'a' }),
      told({ setAside: { ...ABOUT.setAside, kind: 'unrecognized' } }),
      told({ accepted: { ...ABOUT.accepted, id: ABOUT.setAside.id } }),
    ];
    expect(new Set([told(), ...others].map(({ id }) => id)).size).toBe(5);
  });

  it('decodes as a system event, whose name is not in the catalogue', () => {
    const { id, value, headers } = told();
    const decoded = decodeEvent({ value, headers: textHeaders(headers), timestamp: 5 });
    expect(decoded).toMatchObject({
      ok: true,
      event: { origin: 'system', name: REJECTED_REPLAYED, workspace: 'a/b', id, time: TIME, rank: 0 },
    });
    if (decoded.ok) expect(readRejectedReplayed(decoded.event)).toMatchObject(ABOUT);
    expect(EVENT_NAMES).not.toContain(REJECTED_REPLAYED);
  });

  it.each([
    {},
    { setAside: ABOUT.setAside },
    { ...ABOUT, setAside: { ...ABOUT.setAside, kind: 'x' } },
    { ...ABOUT, carries: ['x'] },
  ])('cannot be read from %j', (value) => {
    const { headers } = told();
    const decoded = decodeEvent({
      headers: textHeaders(headers),
      value: Buffer.from(JSON.stringify(value)),
      timestamp: 5,
    });
    if (!decoded.ok) throw new Error(decoded.reason);
    expect(() => readRejectedReplayed(decoded.event)).toThrow(REJECTED_REPLAYED);
  });

  it('cannot be forged by a webhook that sends its name, or its whole type', () => {
    for (const event of [REJECTED_REPLAYED, 'jimo-webhooks.set-aside.replayed']) {
      const text = JSON.stringify({ ...ABOUT, event, time: TIME });
      const acceptance = acceptEvent({ workspace: 'a/b', text, now: TIME });
      if (acceptance.outcome !== 'unrecognized') throw new Error(acceptance.outcome);
      expect(acceptance.headers).toMatchObject({ ce_type: `com.usejimo.${event}` });
      const decoded = decodeEvent({
        ...acceptance,
        headers: textHeaders(acceptance.headers),
        timestamp: 5,
      });
      expect(decoded).toMatchObject({ ok: true, event: { origin: 'jimo', name: event } });
    }
  });

  it('lends its type to no event of the catalogue, and needs a source of ours', () => {
    const { value, headers } = told();
    const withHeader = (name: string, header: string) =>
      decodeEvent({ value, headers: textHeaders({ ...headers, [name]: header }), timestamp: 5 });
    expect(withHeader('ce_type', 'jimo-webhooks.tour.started')).toMatchObject({ ok: false });
    expect(withHeader('ce_source', '/jimo/workspaces/a')).toMatchObject({ ok: false });
  });
});

describe('an event that was stored before', () => {
  const quarantined = (time: unknown) => {
    const acceptance = acceptEvent({
      workspace: 'default',
      text: JSON.stringify({ event: 'tour.started', time }),
      now: TIME,
    });
    if (acceptance.outcome !== 'quarantined') throw new Error(acceptance.outcome);
    return acceptance;
  };

  it.each([
    ['1970-01-24T03:33:20Z', 2_000_000_000],
    ['1969-12-31T23:59:59Z', -1_000],
    ['1970-01-01T00:00:00Z', 0],
    [1_740_133_769, 1_740_133_769_000],
  ])('keeps its time, whatever its digits would mean in a webhook: %s', (time, storedTime) => {
    const first = quarantined(time);
    const again = acceptEvent({
      workspace: 'default',
      text: first.value.toString(),
      now: TIME,
      storedTime,
    });
    expect(again).toEqual(first);
  });

  it('may be as large as the digits of its time make it', () => {
    const text = (filler: number) => `{"event":"other","x":"${'x'.repeat(filler)}","time":1740133769}`;
    const first = acceptEvent({ workspace: 'a', text: text(256 * 1024 - text(0).length), now: TIME });
    if (first.outcome !== 'unrecognized') throw new Error(first.outcome);
    expect(first.value.length).toBe(256 * 1024 + 3);
    const again = { workspace: 'a', text: first.value.toString(), now: TIME };
    expect(acceptEvent(again).outcome).toBe('rejected');
    expect(acceptEvent({ ...again, storedTime: 1_740_133_769_000 })).toEqual(first);
  });

  it('needs a time in its text all the same', () => {
    const text = JSON.stringify({ event: 'tour.started' });
    expect(acceptEvent({ workspace: 'a', text, now: TIME, storedTime: TIME }).outcome).toBe('rejected');
  });
});
