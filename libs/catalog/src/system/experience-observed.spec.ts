import { CannotApply, textHeaders } from '@app/engine';
import { decodeEvent } from '../decode';
import {
  EXPERIENCE_OBSERVED,
  experienceObserved,
  loggedAt,
  readExperienceObserved,
} from './experience-observed';

const TIME = Date.UTC(2026, 0, 1);
const UID = '11111111-AAAA-4111-8111-111111111111';
const observed = (more: object = {}) =>
  experienceObserved({
    ...{ workspace: 'acme', time: TIME, appendedAt: TIME + 7, family: 'survey' },
    experience: { uid: UID, ...{ title: 'NPS' } },
    step: { uid: 'step-1', ...{ name: 'How likely?' } },
    ...more,
  });

function decoded({ headers, value }: { headers: Record<string, string>; value: Buffer }) {
  const result = decodeEvent({ headers: textHeaders(headers), value, timestamp: 5 });
  if (!result.ok) throw new Error(result.reason);
  return result.event;
}

describe('the event that stands for what an erased jimer had shown of an experience', () => {
  it('is a system event of engagement whose id comes from its content', () => {
    const { id, topic, partitionKey, value } = observed();
    expect([topic, partitionKey]).toEqual(['jimo.engagement', UID.toLowerCase()]);
    expect(id).toBe('d9eaac9a-b74f-5a2c-b7fa-6fad450b3866');
    expect(observed().id).toBe(id);
    expect(observed({ step: { uid: 'step-2' } }).id).not.toBe(id);
    expect(JSON.parse(value.toString())).toEqual({
      ...{ event: EXPERIENCE_OBSERVED, time: TIME, family: 'survey' },
      experience: { uid: UID, title: 'NPS' },
      step: { uid: 'step-1', name: 'How likely?' },
    });
  });

  it('says since when the log has said it, which is no part of its identity', () => {
    const { headers, key } = observed();
    expect(loggedAt({ headers: textHeaders(headers), timestamp: TIME + 100 })).toBe(TIME + 7);
    expect(observed({ appendedAt: TIME + 9 }).key).toBe(key);
    const without = textHeaders({ ...headers, ce_appendedtime: undefined });
    expect(loggedAt({ headers: without, timestamp: TIME + 100 })).toBe(TIME + 100);
    const odd = textHeaders({ ...headers, ce_appendedtime: 'yesterday' });
    expect(loggedAt({ headers: odd, timestamp: TIME + 100 })).toBe(TIME + 100);
  });

  it('outweighs every event of its time', () => {
    const observation = readExperienceObserved(decoded(observed()));
    expect(observation).toMatchObject({
      ...{ workspace: 'acme', time: TIME, rank: 0, family: 'survey' },
      id: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
    });
    expect(observation.object('step')?.get('name')).toBe('How likely?');
    expect(observation.object('task')).toBeUndefined();
  });

  it.each([
    {},
    { family: 'survey' },
    { family: 'survey', experience: { uid: 'x' } },
    { experience: { uid: UID } },
  ])('cannot be read from %j', (value) => {
    const record = { ...observed(), value: Buffer.from(JSON.stringify(value)) };
    expect(() => readExperienceObserved(decoded(record))).toThrow(CannotApply);
  });
});
