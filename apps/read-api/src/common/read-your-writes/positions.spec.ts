import { formatPosition } from '@app/engine';
import { parsePositions } from './positions';

describe('positions', () => {
  it('are read as the gateway writes them', () => {
    const positions = [
      { topic: 'jimo.engagement', partition: 3, offset: 17 },
      { topic: 'jimo.feedback', partition: 0, offset: 0 },
    ];
    expect(parsePositions(positions.map(formatPosition).join(', '))).toEqual(positions);
    expect(parsePositions(positions.map(formatPosition))).toEqual(positions);
  });

  it.each([
    '',
    'x',
    'a/b@c',
    'a/1',
    'a/1@',
    'a/1@-1',
    'a/1@1,',
    'a b/1@1',
    `a/1@${'9'.repeat(17)}`,
    'a/1@1;b/1@1',
  ])('malformed are a 400 naming the header: %j', (header) => {
    expect(() => parsePositions(header)).toThrow(/Read-After must be/);
  });

  it('are refused when there are too many', () => {
    expect(() => parsePositions('a/1@1,'.repeat(100) + 'a/1@1')).toThrow(/more than 100/);
  });
});
