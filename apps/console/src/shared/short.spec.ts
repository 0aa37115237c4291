import { short } from './short';

describe('a short text', () => {
  it('is as it was when it is short', () => expect(short('Onboarding 2')).toBe('Onboarding 2'));

  it('is one line without space around it', () => expect(short('  one\n\n two\t')).toBe('one two'));

  it('is empty when there is nothing to be read', () => expect(short(' \n ')).toBe(''));

  it('ends with an ellipsis where it was cut, and never within a character', () => {
    expect(short('abcdef', 4)).toBe('abc…');
    expect(short('🎉🎉🎉', 2)).toBe('🎉…');
    expect(short('🎉🎉', 2)).toBe('🎉🎉');
  });
});
