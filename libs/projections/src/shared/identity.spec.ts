import { identifies, identityOf, LONGEST_TOKEN } from './identity';

describe('a placeholder', () => {
  it.each([
    ...['undefined', 'null', 'NaN', '[object Object]', '[object Undefined]', '0', 'none', ''],
    ...['UNDEFINED', ' Null\t', '\u00a0None\u00a0', '\ufeffundefined', '\u200b', '[Object object]', 'Nil'],
    ...['"undefined"', "'null'", '(none)', '<null>', '"(null)"', '""', '[]', '{}'],
    ...['0.0', '-0', '000', '0e0', '-1', '00000000-0000-0000-0000-000000000000', 'false', 'true'],
    ...['{{ user.id }}', '${user.id}', '<%= id %>', '%USER_ID%', 'user_id', 'not  set', 'ｎｕｌｌ'],
    ...['anonymous', 'Guest', 'unknown', 'N/A', '?'],
  ])('%j identifies nobody', (text) => {
    expect(identifies(text)).toBe(false);
    expect(identityOf(text)).toBeNull();
  });
});

describe('a text of somebody', () => {
  it.each([
    ...['customer-4711', '1', '10', '-10', '0815', 'nullmann', 'Nona', 'undefined-1', 'none@example.com'],
    ...['00000000-0000-0000-0000-000000000001', '[object]', 'Ωμέγα', '100%'],
  ])('%j identifies', (text) => {
    expect(identifies(text)).toBe(true);
    expect(identityOf(text)).toBe(text);
  });

  it('is no longer than what can be asked for', () => {
    expect(identifies('x'.repeat(LONGEST_TOKEN))).toBe(true);
    expect(identifies(' '.repeat(300))).toBe(false);
    expect(identityOf('x'.repeat(LONGEST_TOKEN + 1))).toBeNull();
  });

  it('stays unknown where nothing was said', () => {
    expect(identityOf(undefined)).toBeUndefined();
    expect(identityOf(null)).toBeNull();
  });
});
