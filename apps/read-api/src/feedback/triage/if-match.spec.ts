import { Problem } from '@app/platform';
import { assertExpected, expectedVersions } from './if-match';

const problemOf = (ask: () => unknown): Problem => {
  try {
    ask();
  } catch (error) {
    if (error instanceof Problem) return error;
  }
  throw new Error('no problem');
};

describe('If-Match', () => {
  it.each([
    ['"3"', [3]],
    [' "3" ', [3]],
    ['W/"3"', [3]],
    ['3', [3]],
    ['"3", "4",W/"12"', [3, 4, 12]],
    ['"3-gzip"', [3]],
    ['W/"3--gzip"', [3]],
    ['"3;br", "4:zstd"', [3, 4]],
    ['3-gzip', [3]],
    ['"3-x"', []],
    ['*', null],
    ['"0"', []],
    ['0', []],
    ['"x"', []],
    ['"-1"', []],
    ['"1.5"', []],
    ['W/"", "a!b"', []],
    ['"9999999999999999"', []],
    ['"x", "3"', [3]],
  ])('%j asks for %j', (header, versions) => {
    expect(expectedVersions(header)).toEqual(versions);
  });

  it.each(['', '"', "'3'", 'w/"3"', '"3" "4"', '"3",', '"3",*', 'x', '-1', '"a b"', '"a"b"'])(
    '%j is a 400 naming it',
    (header) => {
      const { body } = problemOf(() => expectedVersions(header));
      expect([body.status, body.problems?.[0]?.path]).toEqual([400, 'If-Match']);
    },
  );

  it('that is absent is a 428', () => {
    expect(problemOf(() => expectedVersions(undefined)).body.status).toBe(428);
  });

  it('of another version is a 412 that names the version there is', () => {
    expect(() => assertExpected([3, 4], 4)).not.toThrow();
    expect(() => assertExpected(null, 9)).not.toThrow();
    const { body, headers } = problemOf(() => assertExpected([3], 4));
    expect([body.status, headers['etag']]).toEqual([412, '"4"']);
    expect(body.problems).toEqual([{ path: 'If-Match', message: expect.stringContaining('"4"') as string }]);
  });
});
