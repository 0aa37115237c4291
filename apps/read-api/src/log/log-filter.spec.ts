import {
  acceptEvent,
  backlogItemTriaged,
  decodeEvent,
  jimerErased,
  TOPICS,
  type CatalogEvent,
} from '@app/catalog';
import { textHeaders } from '@app/engine';
import { event, experience, experienceUid, jimer, jimerUid, second } from '../read-api.fixture';
import { isInTime, partitionKeyIn, topicsOf, wants, wantsUnreadable, type LogFilter } from './log-filter';

const ANY: LogFilter = {
  ...{ workspace: null, jimerUid: null, experienceUid: null, requestUid: null },
  ...{ id: null, event: null, from: null, to: null, q: null },
};
const filter = (some: Partial<LogFilter>): LogFilter => ({ ...ANY, ...some });

function decoded(record: {
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer;
}): CatalogEvent {
  const result = decodeEvent({ headers: textHeaders(record.headers), value: record.value, timestamp: 5 });
  if (!result.ok) throw new Error(result.reason);
  return result.event;
}

function accepted(body: object, workspace = 'acme'): CatalogEvent {
  const acceptance = acceptEvent({ workspace, text: JSON.stringify(body), now: second(0) });
  if (acceptance.outcome === 'rejected') throw new Error(acceptance.detail);
  return decoded(acceptance);
}

const started = accepted(
  event('tour.started', second(1), {
    experience: experience(1, 'TOUR', { title: 'Wélcome "you"' }),
    jimer: jimer(1),
  }),
);
const submitted = accepted(
  event('request.created', second(2), {
    request: { uid: 'Request-1', title: 'Dark mode' },
    jimer: jimer(1),
    project: { uid: 'p' },
  }),
);
const unknown = accepted({
  event: 'tour.exploded',
  time: second(3),
  jimer: { uid: jimerUid(1).toUpperCase() },
});

describe('an event is wanted', () => {
  it.each<[string, Partial<LogFilter>, boolean]>([
    ['when nothing is asked for', {}, true],
    ['of its workspace', { workspace: 'acme' }, true],
    ['not of another', { workspace: 'other' }, false],
    ['by its jimer', { jimerUid: jimerUid(1) }, true],
    ['not by another jimer', { jimerUid: jimerUid(2) }, false],
    ['by its experience', { experienceUid: experienceUid(1) }, true],
    ['not by another experience', { experienceUid: experienceUid(2) }, false],
    ['by its id', { id: started.id }, true],
    ['not by another id', { id: submitted.id }, false],
    ['by its name', { event: 'tour.started' }, true],
    ['not by a part of its name', { event: 'tour' }, false],
    ['by a part of its text, in any letter case', { q: 'EXPERIENCE' }, true],
    ['by text as it reads, escaped or not', { q: 'wélcome' }, true],
    ['by text in another normal form', { q: 'we\u0301lcome' }, true],
    ['not by other text', { q: 'goodbye' }, false],
    ['by all of it together', { jimerUid: jimerUid(1), event: 'tour.started', q: 'you' }, true],
    ['not when one of it is another', { jimerUid: jimerUid(1), event: 'tour.completed' }, false],
    ['not by a request', { requestUid: 'Request-1' }, false],
  ])('%s', (_when, some, isWanted) => {
    expect(wants(filter(some), started)).toBe(isWanted);
  });

  it('by the uid of its request, exactly', () => {
    expect(wants(filter({ requestUid: 'Request-1' }), submitted)).toBe(true);
    expect(wants(filter({ requestUid: 'request-1' }), submitted)).toBe(false);
    const item = { status: 'planned', tags: [], assignee: null, note: null, mergedInto: null } as const;
    const triaged = backlogItemTriaged({
      ...{ workspace: 'acme', time: second(4), request: { uid: 'Request-1' }, jimer: { uid: jimerUid(1) } },
      ...{ version: 2, item, changed: ['status'], change: jimerUid(9), by: 'triage', actor: null },
    });
    expect(wants(filter({ requestUid: 'Request-1', jimerUid: jimerUid(1) }), decoded(triaged))).toBe(true);
  });

  it('by text that has escapes, as it reads', () => {
    const escaped = decoded({
      headers: acceptedHeaders(),
      value: Buffer.from('{"event":"tour.started","time":1,"note":"\\u00e9t\\u00e9 \\/ summer"}'),
    });
    expect(wants(filter({ q: 'Été / SUM' }), escaped)).toBe(true);
    expect(wants(filter({ q: '\\u00e9t' }), escaped)).toBe(true);
  });

  it('by any UUID in it where it was rejected, and not as the erasure of somebody', () => {
    expect(wants(filter({ jimerUid: jimerUid(1) }), unknown)).toBe(true);
    const erased = jimerErased({
      ...{ workspace: 'acme', time: 1, topic: TOPICS.engagement, jimer: { uid: jimerUid(1) }, by: 'admin' },
    });
    expect(wants(filter({ jimerUid: jimerUid(1) }), decoded(erased))).toBe(false);
    expect(wants(filter({ event: 'jimer.erased' }), decoded(erased))).toBe(true);
  });

  it('whatever its value is, when it is asked for by what its headers say', () => {
    const odd = decoded({ headers: acceptedHeaders(), value: Buffer.from('no JSON') });
    expect(wants(filter({ event: 'tour.started', q: 'json' }), odd)).toBe(true);
    expect(wants(filter({ experienceUid: experienceUid(1) }), odd)).toBe(false);
    expect(wants(filter({ requestUid: 'x' }), odd)).toBe(false);
  });

  it('is, where it is no event, only by its text and times', () => {
    expect(wantsUnreadable(filter({ q: 'JSON', from: 1 }), 'no json')).toBe(true);
    for (const some of [{ q: 'other' }, { workspace: 'acme' }, { id: started.id }, { event: 'tour.started' }])
      expect(wantsUnreadable(filter(some), 'no json')).toBe(false);
  });
});

const acceptedHeaders = (): Readonly<Record<string, string>> => ({
  ce_id: started.id,
  ce_type: 'com.usejimo.tour.started',
  ce_source: '/jimo/workspaces/acme',
  ce_time: '2026-01-01T00:00:00.000Z',
});

it('times of the log are inclusive at the beginning and exclusive at the end', () => {
  const within = filter({ from: 10, to: 20 });
  expect([9, 10, 19, 20].map((timestamp) => isInTime(within, { timestamp }))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(isInTime(ANY, { timestamp: 0 })).toBe(true);
});

describe('what is searched', () => {
  it.each<[string, Partial<LogFilter>, string]>([
    ['all topics', {}, 'lifecycle engagement feedback unrecognized quarantine'],
    [
      'for a jimer those that can carry one',
      { jimerUid: jimerUid(1) },
      'engagement feedback unrecognized quarantine',
    ],
    ['for a request those of requests', { requestUid: 'r' }, 'feedback unrecognized quarantine'],
    [
      'for a name its topic, and where it may have been rejected',
      { event: 'tour.started' },
      'engagement unrecognized quarantine',
    ],
    ['for a system event its topics', { event: 'experience.observed' }, 'engagement unrecognized'],
    ['for an unknown name the unrecognized', { event: 'tour.exploded' }, 'unrecognized'],
  ])('is %s', (_what, some, topics) => {
    const all = topics.split(' ').map((name) => `jimo.${name}`);
    expect(topicsOf(filter(some), 'every record')).toEqual(all);
    const own = all.filter((topic) => !/unrecognized|quarantine/.test(topic));
    expect(topicsOf(filter(some), 'accepted events')).toEqual(own);
  });

  it('is one partition where the subject decides', () => {
    const all = filter({ jimerUid: jimerUid(1), experienceUid: experienceUid(1), requestUid: 'Request-1' });
    const keys = Object.values(TOPICS).map((topic) => partitionKeyIn(topic, all));
    expect(keys).toEqual([experienceUid(1), jimerUid(1), 'request-1', null, null]);
    expect(Object.values(TOPICS).map((topic) => partitionKeyIn(topic, ANY))).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});
