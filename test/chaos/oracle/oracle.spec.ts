import { Oracle } from './oracle';
import type { LogRecord } from './read-log';
import type { Row } from './rows';

const JIMER = '17dff65e-434d-4454-bb57-a1167fefbb6b';
const TOUR = '550433b7-6b40-4f4a-a8bc-79ad2a55a847';
const SECOND = 1_740_125_703_000;

let offset = 0;

/** A record as the gateway appends it; the id is of the last digit given. */
function record(topic: string, id: number, name: string, time: number, more: object): LogRecord {
  return {
    ...{ topic: `jimo.${topic}`, partition: 0, offset: offset++, timestamp: SECOND, key: `key ${id}` },
    headers: {
      ce_id: `00000000-0000-5000-8000-00000000000${id}`,
      ce_type: `com.usejimo.${name}`,
      ce_source: '/jimo/workspaces/default',
      ce_time: new Date(time).toISOString(),
    },
    value: JSON.stringify({ event: name, time, ...more }),
  };
}

const engaged = (
  id: number,
  name: string,
  time: number,
  experience: object = {},
  more: object = {},
): LogRecord =>
  record('engagement', id, name, time, {
    experience: { uid: TOUR, ...experience },
    jimer: { uid: JIMER },
    ...more,
  });

/** A record that this system itself appends. */
function own(topic: string, id: number, name: string, time: number, more: object): LogRecord {
  const one = record(topic, id, name, time, more);
  const headers = { ce_type: `jimo-webhooks.${name}`, ce_source: '/jimo-webhooks/workspaces/default' };
  return { ...one, headers: { ...one.headers, ...headers } };
}

function rowsOf(view: string, ...records: readonly LogRecord[]): readonly Row[] {
  const oracle = new Oracle();
  for (const one of records) oracle.add(one);
  return oracle.views(SECOND)[view]!.rows;
}

describe('the oracle', () => {
  it('takes a placeholder for nobody, and an accent for itself however it is written', () => {
    const known = (jimer: object): LogRecord =>
      engaged(1, 'hint.seen', SECOND, {}, { jimer: { uid: JIMER, ...jimer } });
    for (const identifyToken of [
      'undefined',
      ' NULL\u00a0',
      '"none"',
      '[object Object]',
      '0',
      false,
      '{{id}}',
      '[]',
    ])
      expect(rowsOf('jimer', known({ identifyToken, email: 'N/A' }))).toMatchObject([
        { identify_token: null, email: null },
      ]);
    expect(rowsOf('jimer', known({ identifyToken: 'u\u0308-1', username: 'Zoe\u0308' }))).toMatchObject([
      { identify_token: '\u00fc-1', username: 'Zo\u00eb' },
    ]);
  });

  it('counts a list of choices as a set, and each of them, however long it is', () => {
    const long = 'x'.repeat(2_000);
    const answer = (id: number, value: unknown): LogRecord =>
      engaged(
        id,
        'survey.step.answered',
        SECOND + id,
        {},
        {
          ...{ step: { uid: 's', type: 'MULTIPLE_CHOICE_MULTI_SELECT' }, survey: { uid: `r${id}` } },
          answer: { uid: `a${id}`, value },
        },
      );
    const rows = rowsOf(
      'answer_distribution',
      answer(1, ['b', 'a', 'b']),
      answer(2, [['a'], 'b']),
      answer(3, long),
    );
    expect(rows).toHaveLength(4);
    expect(rows).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ bucket: '["a","b"]', responses: 2, ticked: 0 }),
        expect.objectContaining({ bucket: '"a"', responses: 0, ticked: 2 }),
        expect.objectContaining({
          bucket: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
          responses: 1,
        }),
      ]) as object,
    );
  });

  it('reads the state from the newest run', () => {
    const [start, end] = [engaged(1, 'tour.started', SECOND), engaged(2, 'tour.completed', SECOND + 1000)];
    const again = engaged(3, 'tour.started', SECOND + 2000);
    expect(rowsOf('journey', end)).toMatchObject([{ state: 'completed', started_at: null }]);
    expect(rowsOf('journey', start, end)).toMatchObject([{ state: 'completed' }]);
    expect(rowsOf('journey', again, end, start)).toMatchObject([
      { state: 'started', started_at: SECOND, last_started_at: SECOND + 2000, completed_at: SECOND + 1000 },
    ]);
  });

  it('counts an event once, however often it is delivered', () => {
    const click = engaged(1, 'tour.cta.clicked', SECOND);
    const other = engaged(2, 'tour.cta.clicked', SECOND);
    const again = { ...click, offset: click.offset + 9 };
    expect(rowsOf('touch', click, other, again, click).map((row) => row['position'])).toEqual([
      again.offset,
      other.offset,
    ]);
    expect(rowsOf('funnel', click, other, click)).toMatchObject([
      { day: '2025-02-21', saw: 1, cta_clicks: 2 },
    ]);
  });

  it('counts a completion by the day of the start that it followed, and none that came before it', () => {
    const DAY = 86_400_000;
    const log = [
      engaged(1, 'tour.started', SECOND),
      engaged(2, 'tour.completed', SECOND + DAY),
      engaged(3, 'tour.completed', SECOND, {}, { jimer: { uid: TOUR } }),
      engaged(4, 'tour.started', SECOND + 1000, {}, { jimer: { uid: TOUR } }),
    ];
    expect(rowsOf('funnel', ...log)).toMatchObject([
      { day: '2025-02-21', started: 2, completed: 1, started_and_completed: 1 },
      { day: '2025-02-22', started: 0, completed: 1, started_and_completed: 0 },
    ]);
  });

  it('decides a tie by rank, then by id, then by content, in the order of UTF-8', () => {
    const user = { user: { uid: JIMER } };
    const deleted = record('lifecycle', 1, 'tour.deleted', SECOND, {
      experience: { uid: TOUR, title: 'of the team' },
      ...user,
    });
    const seen = engaged(2, 'tour.started', SECOND, { title: 'of a jimer' });
    expect(rowsOf('experience', deleted, seen)).toMatchObject([{ title: 'of the team', status: 'deleted' }]);
    const titles = ['\uffee', '\u{1f600}', 'a'].map((title) => engaged(3, 'tour.started', SECOND, { title }));
    expect(rowsOf('journey', ...titles)).toMatchObject([{ title: '\u{1f600}' }]);
    expect(rowsOf('journey', ...titles.toReversed(), seen)).toMatchObject([{ title: '\u{1f600}' }]);
  });

  it('keeps tags that a newer delivery does not mention', () => {
    const [row] = rowsOf(
      'experience',
      engaged(1, 'hint.seen', SECOND, { title: 'old', tags: [{ uid: 't', name: 'beta' }] }),
      engaged(2, 'hint.seen', SECOND + 1, { title: 'new' }),
    ) as { title: string; tags: { text: string } }[];
    expect([row!.title, row!.tags.text]).toEqual(['new', '[{"uid":"t","name":"beta"}]']);
  });

  it('lets the highest version of a backlog item stand, and counts it once for each of its tags', () => {
    const request = { uid: 'r' };
    const created = record('feedback', 1, 'request.created', SECOND, {
      ...{ request, jimer: { uid: JIMER }, project: { uid: TOUR, name: 'Web' } },
    });
    const triaged = (id: number, version: number, time: number, item: object): LogRecord =>
      own('feedback', id, 'backlog.item.triaged', time, {
        ...{ request, jimer: { uid: JIMER }, version, by: 'triage', actor: null },
        item: { status: 'planned', tags: [], assignee: null, note: null, mergedInto: null, ...item },
      });
    const log = [
      triaged(2, 3, SECOND, { tags: ['a', 'b'], mergedInto: 'other' }),
      triaged(3, 2, SECOND + 9, { tags: ['c'] }),
      created,
    ];
    expect(rowsOf('feedback_item', ...log)).toMatchObject([
      { version: 3, lane: 'merged', created_at: SECOND, triage_time: SECOND },
    ]);
    expect(rowsOf('feedback_change', ...log)).toMatchObject([{ version: 3 }, { version: 2 }]);
    expect(rowsOf('feedback_counts', ...log)).toMatchObject([
      { lane: 'merged', day: '2025-02-21', items: 1 },
    ]);
    expect(rowsOf('feedback_tag_counts', ...log)).toMatchObject([{ tag: 'a' }, { tag: 'b' }]);
    expect(rowsOf('jimer', ...log)).toHaveLength(1);
  });

  describe('of a log in which somebody is erased', () => {
    const OTHER = '9d2b1f1e-0a43-4f0e-8f8e-3c9f7e1d5a10';
    const theirs = engaged(1, 'tour.completed', SECOND + 5, { title: 'newest' });
    const others = engaged(2, 'tour.started', SECOND, { title: 'older' }, { jimer: { uid: OTHER } });
    const erased = own('engagement', 3, 'jimer.erased', SECOND + 9, { jimer: { uid: JIMER }, by: 'ops' });
    const tombstone = { ...theirs, offset: theirs.offset + 50, value: null };
    const observed = own('engagement', 4, 'experience.observed', SECOND + 5, {
      ...{ family: 'tour', experience: { uid: TOUR, title: 'newest' } },
    });
    const oracleOf = (...records: readonly LogRecord[]): Oracle => {
      const oracle = new Oracle();
      for (const one of records) oracle.add(one);
      return oracle;
    };

    it('has nothing of what has a tombstone, and all of the others', () => {
      const log = [theirs, others, erased, tombstone];
      expect(rowsOf('journey', ...log)).toMatchObject([{ jimer_uid: OTHER, state: 'started' }]);
      expect(rowsOf('funnel', ...log)).toMatchObject([{ saw: 1, started: 1, completed: 0 }]);
      expect(rowsOf('journeys_erased', ...log)).toMatchObject([{ jimer_uid: JIMER, erased_at: SECOND + 9 }]);
      expect(rowsOf('feedback_erased', ...log)).toEqual([]);
      expect(rowsOf('experience', ...log)).toMatchObject([{ title: 'older' }]);
    });

    it('knows what stands for the events that are gone, ahead of those of the same time', () => {
      const sameTime = engaged(
        5,
        'tour.started',
        SECOND + 5,
        { title: 'same time' },
        { jimer: { uid: OTHER } },
      );
      expect(rowsOf('experience', theirs, sameTime, erased, observed, tombstone)).toMatchObject([
        { title: 'newest', type: 'TOUR', snapshot_event_id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' },
      ]);
    });

    it('tells what stands of them, and what is gone of others', () => {
      expect(oracleOf(theirs, others, erased, tombstone).wronglyLeft()).toEqual([]);
      expect(oracleOf(theirs, others, erased).wronglyLeft()).toEqual([
        expect.stringContaining('stands, of somebody'),
      ]);
      expect(oracleOf(theirs, erased, tombstone, theirs).wronglyLeft()).toHaveLength(1);
      const ofOthers = { ...others, value: null };
      expect(oracleOf(others, theirs, erased, tombstone, ofOthers).wronglyLeft()).toHaveLength(1);
      const mentions = record('quarantine', 6, 'tour.started', SECOND, { about: [JIMER.toUpperCase()] });
      expect(oracleOf(erased, mentions).wronglyLeft()).toHaveLength(1);
    });
  });

  it('refuses a log whose headers and values disagree', () => {
    const wrong = engaged(1, 'hint.seen', SECOND);
    const oracle = new Oracle();
    oracle.add({ ...wrong, headers: { ...wrong.headers, ce_type: 'com.usejimo.tour.started' } });
    expect(() => oracle.views(SECOND)).toThrow('headers and value disagree');
  });
});
