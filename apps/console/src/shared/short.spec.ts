import { short } from './short';

describe('a short text', () => {
  it('is unchanged if it is short enough', () => expect(short('Onboarding 2')).toBe('Onboarding 2'));

  it('is one line without surrounding space', () => expect(short('  one\n\n two\t')).toBe('one two'));

  it('is empty if it contains only white space', () => expect(short(' \n ')).toBe(''));

  it('ends with an ellipsis where it was cut, never within a character', () => {
    expect(short('abcdef', 4)).toBe('abc…');
    expect(short('🎉🎉🎉', 2)).toBe('🎉…');
    expect(short('🎉🎉', 2)).toBe('🎉🎉');
  });
});
