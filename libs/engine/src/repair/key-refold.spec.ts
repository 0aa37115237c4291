import { everything } from '@app/testing';
import { KeyRefold } from './key-refold';

const letter = (offset: number, state: 'set-aside' | 'replayed') => ({
  ...{ topic: 'left', partition: 0, offset, state },
});

it('remembers each dead letter as it was when its record was read', () => {
  const refold = new KeyRefold(everything, () => ({ ok: false, reason: '' }), {
    persons: [],
    keys: new Map(),
  });
  refold.exclude([letter(1, 'set-aside'), letter(2, 'replayed')]);
  const then = refold.excluded;
  // Replayed since: what the log makes without its record is no longer what the tables should be.
  refold.exclude([letter(1, 'replayed'), letter(2, 'replayed'), letter(3, 'set-aside')]);
  expect(then).toEqual([letter(1, 'set-aside'), letter(2, 'replayed')]);
  expect(refold.excluded).toEqual([...then, letter(3, 'set-aside')]);
});
