import { textHeaders } from '@app/engine';
import { decodeEvent } from '../decode';
import { jimersOf } from '../jimers';
import { readRejectedDiscarded, REJECTED_DISCARDED, rejectedDiscarded } from './rejected-discarded';

const JIMER = '33333333-3333-4333-8333-333333333333';
const TIME = Date.UTC(2026, 0, 1);
const ABOUT = {
  setAside: { kind: 'quarantine', id: '11111111-1111-4111-8111-111111111111' },
  reason: 'a test of the sender',
  carries: [JIMER],
  by: 'admin',
} as const;
const told = (more: object = {}) =>
  rejectedDiscarded({ ...ABOUT, workspace: 'a', time: TIME, partitionKey: 'k', ...more });

describe('the event that a rejected event was given up', () => {
  it('says which, why and by whom, and goes when a jimer goes that stands in it', () => {
    const { topic, value, headers } = told();
    expect(topic).toBe('jimo.quarantine');
    const decoded = decodeEvent({ value, headers: textHeaders(headers), timestamp: 5 });
    if (!decoded.ok) throw new Error(decoded.reason);
    expect(decoded.event).toMatchObject({ origin: 'system', name: REJECTED_DISCARDED, time: TIME });
    expect(readRejectedDiscarded(decoded.event)).toMatchObject(ABOUT);
    expect(jimersOf(decoded.event)).toContain(JIMER);
  });

  it('has an id that never changes for what it tells', () => {
    expect(told().id).toBe('51148133-c21f-5761-bab5-587809429b41');
    expect(told({ reason: 'another', by: 'another', partitionKey: 'other' }).id).toBe(told().id);
    const others = [
      told({ time: TIME + 1 }),
      told({ workspace: 'b' }),
      told({ setAside: { ...ABOUT.setAside, kind: 'unrecognized' } }),
    ];
    expect(new Set([told(), ...others].map(({ id }) => id)).size).toBe(4);
  });
});
