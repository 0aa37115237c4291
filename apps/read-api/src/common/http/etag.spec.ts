import { etagOf, isKnownTag } from './etag';

describe('an entity tag', () => {
  const tag = etagOf('{"a":1}');

  it('is the same for the same answer, and another for another', () => {
    expect(tag).toMatch(/^"[\w-]{27}"$/);
    expect(etagOf('{"a":1}')).toBe(tag);
    expect(etagOf('{"a":2}')).not.toBe(tag);
  });

  const opaque = tag.slice(1, -1);

  it.each(['-gzip', '--gzip', ';gzip', ':br', '-zstd', '-GZIP'])(
    'is known with the coding of a proxy: %s',
    (coding) => {
      expect(isKnownTag(`"${opaque}${coding}"`, tag)).toBe(true);
      expect(isKnownTag(`"x", W/"${opaque}${coding}"`, tag)).toBe(true);
      expect(isKnownTag(`"${opaque}x${coding}"`, tag)).toBe(false);
      // A tag of ours that happens to end so is itself.
      expect(isKnownTag(`"abc${coding}"`, `"abc${coding}"`)).toBe(true);
    },
  );

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
