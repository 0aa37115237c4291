import { BuildLost } from '@app/engine';
import { sqlState } from '@app/engine-postgres';
import { errorOf, failureOf } from './helper-protocol';

const sent = (error: unknown): Error => errorOf(structuredClone(failureOf(error)));

describe('an error that comes from another thread', () => {
  it('is still told from others by whoever works on the job', () => {
    expect(sent(new BuildLost('another has it'))).toBeInstanceOf(BuildLost);
    expect(sent(new TypeError('x is undefined'))).toBeInstanceOf(TypeError);
    expect(sqlState(sent(Object.assign(new Error('no such table'), { code: '42P01' })))).toBe('42P01');
  });

  it('says the same', () => {
    const error = new Error('the disk is full');
    expect(sent(error)).toMatchObject({ message: error.message, stack: error.stack });
    expect(sent('in words').message).toBe('in words');
  });
});
