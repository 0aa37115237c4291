import type { CatalogEvent } from '@app/catalog';
import {
  contribute,
  defineProjection,
  earliest,
  greatest,
  instant,
  readModel,
  text,
  uuid,
} from '@app/engine';
import { at, event, givenFor } from './given';

const Visit = readModel('visit', 'A test.', {
  key: { jimerUid: uuid('Who.') },
  columns: {
    first: earliest(instant('First.')),
    last: greatest(instant('Last.')),
    odd: greatest(text('Of the handler.')),
  },
  person: null,
});

const jimerUidOf = (event: CatalogEvent) => event.object('jimer')?.get('uid') as string;

function visits(odd: (event: CatalogEvent) => string | null) {
  return defineProjection<CatalogEvent>({
    name: 'visits',
    version: 1,
    topics: ['jimo.engagement'],
    tables: [Visit],
    otherwise: (event) => [
      contribute(Visit, event, {
        jimerUid: jimerUidOf(event),
        first: event.time,
        last: event.time,
        odd: odd(event),
      }),
    ],
  });
}

const SAM = { uid: '00000000-0000-4000-8000-00000000005a' };
const TOUR = { uid: '00000000-0000-4000-8000-0000000000a1' };
const early = event('tour.started', at('10:00'), { jimer: SAM, experience: TOUR });
const late = event('tour.started', at('11:00'), { jimer: SAM, experience: TOUR });
const given = givenFor(visits(() => null));

describe('a story', () => {
  it('passes when the named columns of all rows are as told', async () => {
    await given(early)
      .when(late)
      .then(Visit, { first: at('10:00'), last: at('11:00') });
    await given().then(Visit);
  });

  it('fails with the rows, times as text', async () => {
    await expect(given(late).then(Visit, { first: at('10:00') })).rejects.toThrow(
      /2025-02-21T10:00:00.000Z[^]*2025-02-21T11:00:00.000Z/,
    );
    await expect(given(early).then(Visit)).rejects.toThrow(SAM.uid);
    await expect(
      given(early)
        .then(Visit, { first: at('10:00') })
        .and(Visit, {}, {}),
    ).rejects.toThrow();
  });

  it('does not compile, nor pass, with a column that there is not', async () => {
    // @ts-expect-error a misspelled column
    await expect(given(early).then(Visit, { frist: at('10:00') })).rejects.toThrow('no column frist');
  });

  it('fails when a repetition ends in other rows', async () => {
    let calls = 10;
    const counting = givenFor(visits(() => String(calls++)));
    await expect(counting(early, late).then(Visit, {})).rejects.toThrow('delivered twice');
  });

  it('fails when another order ends in other rows', async () => {
    let started = false;
    const inOrder = givenFor(
      visits(({ time }) => {
        const after = started;
        started = time === at('10:00');
        return started ? null : after ? 'after the start' : 'alone';
      }),
    );
    await expect(inOrder(early, late).then(Visit, {})).rejects.toThrow('reverse order');
  });
});
