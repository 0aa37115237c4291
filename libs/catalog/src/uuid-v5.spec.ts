import fc from 'fast-check';
import { v5 } from 'uuid';
import { uuidV5 } from './uuid-v5';

describe('uuidV5', () => {
  it('gives what the uuid package gives, for names of any characters and length', () => {
    fc.assert(
      fc.property(
        fc.uuid(),
        fc.string({ unit: 'binary', maxLength: 3_000, size: 'max' }),
        (namespace, name) => {
          expect(uuidV5(namespace)(name)).toBe(v5(Buffer.from(name), namespace));
        },
      ),
    );
  });

  it('forgets the name before', () => {
    const uuidOf = uuidV5('5b1f2d0e-8c1e-4b6f-9a53-6f0a2c7d94e1');
    const short = uuidOf('a');
    uuidOf('x'.repeat(10_000));
    uuidOf('x'.repeat(300));
    expect(uuidOf('a')).toBe(short);
  });
});
