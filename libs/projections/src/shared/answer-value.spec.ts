import { answerTextOf, bucketOf, choicesOf, isDigest, jsonBehind } from './answer-value';

describe('what an answer is counted under', () => {
  it.each([
    ['NPS', '9', '9'],
    ['NPS', 9, '9'],
    ['OPINION_SCALE', ' 4 ', '4'],
    ['NPS', 'nine', '"nine"'],
    ['MULTIPLE_CHOICE_SINGLE_SELECT', '9', '"9"'],
    ['MULTIPLE_CHOICE_MULTI_SELECT', ['b', 'a'], '["a","b"]'],
    ['MULTIPLE_CHOICE_MULTI_SELECT', ['a', 'b', 'a'], '["a","b"]'],
    [
      'MULTIPLE_CHOICE_MULTI_SELECT',
      [
        ['b', null],
        ['a', ['b']],
      ],
      '["a","b"]',
    ],
    ['MULTIPLE_CHOICE_MULTI_SELECT', ['x', 2, true, { b: 1, a: ['y'] }], '["x",2,true,{"a":["y"],"b":1}]'],
    ['MULTIPLE_CHOICE_MULTI_SELECT', [], '[]'],
    ['MULTIPLE_CHOICE_SINGLE_SELECT', 'cafe\u0301', '"caf\u00e9"'],
    ['MULTIPLE_CHOICE_MULTI_SELECT', ['e\u0301', '\u00e9'], '["\u00e9"]'],
    ['NPS', { score: 9 }, '{"score":9}'],
    ['NPS', [['9']], '["9"]'],
    ['SLIDER', Infinity, '1e999'],
    ['SLIDER', -Infinity, '-1e999'],
    ['MULTIPLE_CHOICE_SINGLE_SELECT', 'x'.repeat(998), `"${'x'.repeat(998)}"`],
    [undefined, true, 'true'],
  ])('%s %j: %s', (type, value, bucket) => {
    expect(bucketOf(type, value)).toBe(bucket);
  });

  it.each([
    ['TEXT_LONG', 'free text'],
    ['INTERVIEW', 'free text'],
    ['INTERVIEW', ['free', 'texts']],
    ['NPS', null],
    ['NPS', undefined],
  ])('not by its value: %s %j', (type, value) => {
    expect(bucketOf(type, value)).toBeNull();
  });

  it('reads back as text in PostgreSQL does: U+FFFD for U+0000 and lone surrogates', () => {
    expect(bucketOf(null, 'a\u0000b')).toBe('"a\ufffdb"');
    expect(bucketOf(null, ['\ud83d', '\ud83d\ude00'])).toBe('["\ud83d\ude00","\ufffd"]');
  });
});

describe('a long answer', () => {
  const SELECT = 'MULTIPLE_CHOICE_MULTI_SELECT';
  const sentences = Array.from(
    { length: 9 },
    (_, n) => `${n} ${'The texts were not translated. '.repeat(5)}`,
  );

  it('is counted whole under a digest, and each of its choices under itself', () => {
    const bucket = bucketOf(SELECT, sentences)!;
    expect(isDigest(bucket)).toBe(true);
    expect(bucket).toBe(bucketOf(SELECT, [...sentences].reverse()));
    expect(bucket).not.toBe(bucketOf(SELECT, sentences.slice(1)));
    expect(choicesOf(SELECT, sentences)).toEqual(sentences.map((text) => JSON.stringify(text)));
    expect(jsonBehind(bucket, SELECT, sentences)).toBe(JSON.stringify(sentences));
  });

  it('may be one choice that is long', () => {
    const label = 'ü'.repeat(600);
    const [key] = choicesOf(SELECT, ['a', label])!.filter(isDigest);
    expect(key).toBe(bucketOf('MULTIPLE_CHOICE_SINGLE_SELECT', label));
    expect(jsonBehind(key!, SELECT, ['a', [label]])).toBe(JSON.stringify(label));
    expect(jsonBehind(key!, SELECT, ['a'])).toBeNull();
  });

  it('has no choices where it is no list, or free text', () => {
    expect(choicesOf(SELECT, 'a')).toBeNull();
    expect(choicesOf('TEXT_LONG', ['a'])).toBeNull();
    expect(choicesOf(SELECT, [])).toEqual([]);
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
    [{ a: 1 }, 'a: 1'],
    [['a', { b: 1 }], 'a, b: 1'],
    [['a', ['b', null, ['c']]], 'a, b, c'],
    ['cafe\u0301', 'caf\u00e9'],
    [undefined, null],
  ])('%j: %j', (value, text) => {
    expect(answerTextOf(value, JSON.stringify(value) ?? 'null')).toBe(text);
  });

  it('has all the digits that a number was sent with', () => {
    expect(answerTextOf(12345678901234567890, '12345678901234567891')).toBe('12345678901234567891');
  });
});
