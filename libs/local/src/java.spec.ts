import { parseJavaVersion } from './java';

describe('parseJavaVersion', () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_402"', 8],
    ['openjdk version "21" 2023-09-19', 21],
    ['The operation couldn’t be completed. Unable to locate a Java Runtime.', undefined],
  ])('%s → %s', (text, version) => {
    expect(parseJavaVersion(text)).toBe(version);
  });
});
