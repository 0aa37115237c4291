import { durationOf } from './duration';

const HOUR = 3_600_000;

describe('a duration', () => {
  it.each([
    ['7', 168],
    ['7d', 168],
    ['2w', 336],
    ['36h', 36],
    ['90m', 1.5],
    ['P7D', 168],
    ['P2W', 336],
    ['PT36H', 36],
    ['P1DT12H', 36],
    ['PT90M', 1.5],
    ['0', 0],
  ])('%s is %d hours', (text, hours) => {
    expect(durationOf(text)).toBe(hours * HOUR);
  });

  it.each([
    '',
    'P',
    'PT',
    'P1DT',
    '7 d',
    '-7',
    '1.5d',
    'd',
    '7x',
    '9999999',
    '36501d',
    'P7',
    '7D',
    'yesterday',
  ])('%j is none', (text) => {
    expect(durationOf(text)).toBeNull();
  });
});
