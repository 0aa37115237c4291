import { bucketOf } from './surveys.projection';

describe('what an answer is counted under', () => {
  it.each([
    ['NPS', '9', '9'],
    ['NPS', 9, '9'],
    ['OPINION_SCALE', ' 4 ', '4'],
    ['NPS', 'nine', '"nine"'],
    ['MULTIPLE_CHOICE_SINGLE_SELECT', '9', '"9"'],
    ['MULTIPLE_CHOICE_MULTI_SELECT', ['b', 'a'], '["b","a"]'],
    [undefined, true, 'true'],
  ])('%s %j: %s', (type, value, bucket) => {
    expect(bucketOf(type, value)).toBe(bucket);
  });

  it.each([
    ['TEXT_LONG', 'free text'],
    ['INTERVIEW', 'free text'],
    ['NPS', null],
    ['NPS', { score: 9 }],
    ['NPS', [['9']]],
    ['MULTIPLE_CHOICE_SINGLE_SELECT', 'x'.repeat(199)],
  ])('not by its value: %s %j', (type, value) => {
    expect(bucketOf(type, value)).toBeNull();
  });

  it('reads back as text in PostgreSQL does: U+FFFD for U+0000 and lone surrogates', () => {
    expect(bucketOf(null, 'a\u0000b')).toBe('"a\ufffdb"');
    expect(bucketOf(null, ['\ud83d', '\ud83d\ude00'])).toBe('["\ufffd","\ud83d\ude00"]');
  });
});
