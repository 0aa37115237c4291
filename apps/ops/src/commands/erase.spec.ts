import { MOST_OTHERS, type OtherRecord } from '@app/shared-queries';
import { othersInWords } from './erase';

const other = (uid: string, more: Partial<OtherRecord> = {}): OtherRecord => ({
  ...{ uid, workspace: 'acme', username: 'Robin', sharing: ['email', 'identifyToken'] },
  ...more,
});

describe('other records of somebody who is erased', () => {
  it('are named with the command that erases each', () => {
    expect(othersInWords([other('u1'), other('u2', { username: null, sharing: ['email'] })])).toEqual([
      '2 other records have the same e-mail address or identify token, and are not erased. Those of the same person:',
      '  npm run ops -- erase u1 --workspace acme   # Robin, same e-mail address and identify token',
      '  npm run ops -- erase u2 --workspace acme   # same e-mail address',
    ]);
  });

  it('are no words where there are none, and at least as many as are shown', () => {
    expect(othersInWords([])).toEqual([]);
    const many = Array.from({ length: MOST_OTHERS }, (_, n) => other(`u${n}`));
    expect(othersInWords(many)[0]).toMatch(/^At least 100 other records/);
  });
});
