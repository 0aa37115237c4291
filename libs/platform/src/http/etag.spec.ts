import { etagOf, isKnownTag } from './etag';

describe('an entity tag', () => {
  const tag = etagOf('{"a":1}');

  it('is the same for the same answer, and another for another', () => {
    expect(tag).toMatch(/^"[\w-]{27}"$/);
    expect(etagOf('{"a":1}')).toBe(tag);
    expect(etagOf('{"a":2}')).not.toBe(tag);
  });

  it.each([tag, `W/${tag}`, `"other", ${tag}`, '*', ` ${tag} `])(
    'is known to If-None-Match: %s',
    (header) => {
      expect(isKnownTag(header, tag)).toBe(true);
    },
  );

  it.each([undefined, '', '"other"', tag.slice(1, -1), '"'])(
    'is not known to If-None-Match: %s',
    (header) => {
      expect(isKnownTag(header, tag)).toBe(false);
    },
  );
});
