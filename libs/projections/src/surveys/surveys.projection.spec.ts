import { answerTextOf, bucketOf } from './surveys.projection';

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

describe('an answer in words', () => {
  it.each([
    ['because', 'because'],
    [['a', 'b'], 'a, b'],
    [true, 'true'],
    [7, '7'],
    [[], ''],
    [null, null],
    [{ a: 1 }, null],
    [['a', { b: 1 }], null],
    [undefined, null],
  ])('%j: %j', (value, text) => {
    expect(answerTextOf(value, JSON.stringify(value) ?? 'null')).toBe(text);
  });

  it('has all the digits that a number was sent with', () => {
    expect(answerTextOf(12345678901234567890, '12345678901234567891')).toBe('12345678901234567891');
  });
});
