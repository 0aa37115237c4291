import { Problem } from '@app/platform';
import { readQuery } from '../http/validation';
import { cursorInstant, cursorInteger, cursorKind, cursorOrNull, cursorText, cursorUuid } from './cursor';
import { pageOf, PageQuery } from './page';

const UID = '550433b7-6b40-4f4a-a8bc-79ad2a55a847';
const timeline = cursorKind<[number, string]>('timeline', cursorInstant, cursorUuid);

function problemsOf(work: () => unknown): unknown {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.getStatus()).toBe(400);
    return error.body.problems?.map(({ path }) => path);
  }
}

describe('a cursor', () => {
  it('gives back the key that it was made of', () => {
    expect(timeline.decode(timeline.encode([1740125703000, UID]))).toEqual([1740125703000, UID]);
    expect(timeline.decode(undefined)).toBeNull();
  });

  const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  it.each([
    '',
    'x',
    '%%%',
    'A'.repeat(5_000),
    encoded('timeline'),
    encoded(['timeline', 1]),
    encoded(['timeline', 1, UID, 2]),
    encoded(['timeline', '1', UID]),
    encoded(['timeline', 1e300, UID]),
    encoded(['timeline', 8.7e15, UID]),
    encoded(['timeline', -8.6e15, UID]),
    encoded(['timeline', Date.parse('9999-12-31T23:59:59.999Z') + 1, UID]),
    encoded(['timeline', Date.parse('0001-01-01T00:00:00.000Z') - 1, UID]),
    encoded(['timeline', 0.5, UID]),
    encoded(['timeline', null, UID]),
    encoded(['timeline', 1, 'no uuid']),
    encoded(['jimers', 1, UID]),
  ])('of another make is a 400 naming cursor: %s', (cursor) => {
    expect(problemsOf(() => timeline.decode(cursor))).toEqual(['cursor']);
  });

  it('carries every time that a read model holds', () => {
    for (const time of ['0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'].map(Date.parse))
      expect(timeline.decode(timeline.encode([time, UID]))).toEqual([time, UID]);
  });

  it('carries every whole number, and null where there may be none', () => {
    const byPlace = cursorKind<[number | null]>('places', cursorOrNull(cursorInteger));
    for (const place of [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, null])
      expect(byPlace.decode(byPlace.encode([place]))).toEqual([place]);
    expect(problemsOf(() => byPlace.decode(encoded(['places', 2 ** 53])))).toEqual(['cursor']);
  });

  it('carries no text that Postgres would refuse', () => {
    const byName = cursorKind<[string]>('names', cursorText);
    expect(problemsOf(() => byName.decode(encoded(['names', 'a\u0000'])))).toEqual(['cursor']);
    expect(problemsOf(() => byName.decode(encoded(['names', '\ud800'])))).toEqual(['cursor']);
  });
});

describe('a page', () => {
  const byNumber = cursorKind<[number]>('numbers', cursorInteger);
  const page = (rows: number[], limit: number) => pageOf(rows, limit, byNumber, (row) => [row], String);

  it('ends with a cursor exactly when there is more', () => {
    expect(page([1, 2], 2)).toEqual({ items: ['1', '2'], nextCursor: null });
    expect(page([1, 2, 3], 2)).toEqual({ items: ['1', '2'], nextCursor: byNumber.encode([2]) });
    expect(page([], 2)).toEqual({ items: [], nextCursor: null });
  });
});

describe('the parameters of a list', () => {
  it('have a limit of 50 unless given', () => {
    expect(readQuery(PageQuery, {}).limit).toBe(50);
    expect(readQuery(PageQuery, { limit: '200', other: ['ignored', 'twice'] })).toEqual({ limit: 200 });
  });

  it.each(['0', '201', '-1', '1.5', '', ' 5', 'x', '1e2'])('refuse limit=%s', (limit) => {
    expect(problemsOf(() => readQuery(PageQuery, { limit }))).toEqual(['limit']);
  });

  it('refuse a parameter that is given twice', () => {
    expect(problemsOf(() => readQuery(PageQuery, { limit: ['1', '2'], cursor: ['a', 'b'] }))).toEqual([
      'limit',
      'cursor',
    ]);
  });
});
