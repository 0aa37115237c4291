import { textHeaders } from '@app/engine';
import { acceptEvent } from './accept';
import { EVENT_NAMES, CATALOG } from './catalog';
import { decodeEvent } from './decode';
import { example } from './examples.fixture';
import { jimersOf } from './jimers';
import { backlogItemTriaged } from './system/backlog-item-triaged';
import { jimerErased } from './system/jimer-erased';
import { rejectedReplayed } from './system/rejected-replayed';

const TIME = Date.UTC(2026, 0, 1);
const UID = '11111111-AAAA-4111-8111-111111111111';
const LOWER = UID.toLowerCase();
const OTHER = '22222222-2222-4222-8222-222222222222';

function of(record: { headers: Readonly<Record<string, string>>; value: Buffer }) {
  const decoded = decodeEvent({ ...record, headers: textHeaders(record.headers), timestamp: 0 });
  if (!decoded.ok) throw new Error(decoded.reason);
  return jimersOf(decoded.event);
}

function delivered(event: object | string) {
  const text = typeof event === 'string' ? event : JSON.stringify(event);
  const acceptance = acceptEvent({ workspace: 'acme', text, now: TIME });
  if (acceptance.outcome === 'rejected') throw new Error(acceptance.detail);
  return { outcome: acceptance.outcome, jimers: of(acceptance) };
}

describe('whose event it is', () => {
  it.each(EVENT_NAMES)('%s is of the jimer that it carries, if it does', (name) => {
    const comment = { text: `I am ${OTHER}` };
    const carries = CATALOG[name].objects.includes('jimer');
    const result = delivered({ ...example(name), jimer: { uid: UID }, comment });
    expect(result).toEqual({ outcome: 'accepted', jimers: carries ? [LOWER] : [] });
  });

  it('is every UUID in a rejected event, however deep and however written', () => {
    const escaped = UID.replace('1', '\\u0031').replace('-', '\\u002D').replace('A', '\\u0041');
    const time = TIME / 1000;
    expect(delivered(`{"event":"odd","time":${time},"a":[{"b":"see /${escaped}?x","${OTHER}":1}]}`)).toEqual({
      outcome: 'unrecognized',
      jimers: [LOWER, OTHER],
    });
    expect(delivered({ event: 'tour.started', time, jimer: UID, who: LOWER })).toEqual({
      outcome: 'quarantined',
      jimers: [LOWER],
    });
  });

  it('is in system events about what a jimer sent, and in no others', () => {
    const item = { status: 'new', tags: [], assignee: null, note: null, mergedInto: null } as const;
    const triaged = { request: { uid: 'r' }, version: 2, item, changed: [], change: OTHER };
    const common = { workspace: 'acme', time: TIME, by: 'admin' };
    expect(of(backlogItemTriaged({ ...common, ...triaged, jimer: { uid: UID }, actor: null }))).toEqual([
      LOWER,
    ]);
    const replayed = rejectedReplayed({
      ...{ ...common, partitionKey: 'k', setAside: { kind: 'quarantine', id: OTHER } },
      ...{ accepted: { id: OTHER, position: 'jimo.engagement/0@1' }, carries: [LOWER] },
    });
    expect(of(replayed)).toContain(LOWER);
    expect(of(jimerErased({ ...common, jimer: { uid: UID }, topic: 'jimo.engagement' }))).toEqual([]);
  });

  it.each([
    ['{"jimer":7}', []],
    ['{}', []],
    [`no JSON, but ${UID}`, [LOWER]],
  ])("is told of another producer's record as good as can be: %s", (value, jimers) => {
    const { headers } = jimerErased({
      ...{ workspace: 'a', time: TIME, by: '', jimer: { uid: UID } },
      topic: 'jimo.feedback',
    });
    const typed = { ...headers, ce_type: 'com.usejimo.tour.started', ce_source: '/jimo/workspaces/a' };
    expect(of({ headers: typed, value: Buffer.from(value) })).toEqual(jimers);
  });
});
