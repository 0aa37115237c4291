import { exactly } from '../../shared/time-words';
import type { ExplainedEvent, Row } from './explanation';
import { storyOf, valueWords, verdictOf, type Step } from './story';

const NOON = Date.UTC(2026, 5, 1, 12);
/** The time so many minutes after noon. */
const at = (minutes: number): string => new Date(NOON + minutes * 60_000).toISOString();

let number = 0;
const event = (name: string, minutes: number, more: Partial<ExplainedEvent> = {}): ExplainedEvent => ({
  id: `event-${++number}`,
  event: name,
  time: at(minutes),
  position: `jimo.engagement/0@${number}`,
  appendedAt: at(minutes),
  latenessSeconds: 0,
  deliveries: 1,
  contributed: [],
  changed: {},
  won: [],
  lost: [],
  note: null,
  payload: null,
  ...more,
});
const said = (values: Row) => [{ model: 'journey', values }];
const told = (events: ExplainedEvent[], row: Row) => storyOf({ events, row }, 'journey');
const rowOf = ({ fields }: Step) => Object.fromEntries(fields.map(({ column, value }) => [column, value]));

describe('the story of a row', () => {
  const started = event('tour.started', 0, {
    contributed: said({ title: 'Welcome', firstSeenAt: at(0), startedAt: at(0) }),
    changed: { title: 'Welcome', firstSeenAt: at(0), startedAt: at(0) },
    won: ['startedAt'],
  });
  const again = event('tour.started', 20, {
    contributed: said({ title: 'Welcome', firstSeenAt: at(20), startedAt: at(20) }),
    won: ['title'],
  });
  const clicked = event('tour.cta.clicked', -10, {
    latenessSeconds: 11_400,
    deliveries: 3,
    contributed: said({ title: 'Hello', firstSeenAt: at(-10) }),
    changed: { firstSeenAt: at(-10) },
    won: ['firstSeenAt'],
    lost: [{ column: 'title', to: again.id }],
  });
  const story = [
    { ...started, lost: [{ column: 'firstSeenAt', to: clicked.id }] },
    {
      ...again,
      lost: [
        { column: 'firstSeenAt', to: clicked.id },
        { column: 'startedAt', to: started.id },
      ],
    },
    clicked,
  ];
  const row = { jimerUid: 'ada', title: 'Welcome', firstSeenAt: at(-10), startedAt: at(0) };
  const steps = told(story, row);

  it('says what each event set, and what replaced it later', () => {
    const [first] = steps;
    expect(first!.words).toBe('Started the tour');
    expect(first!.arrival).toEqual([]);
    expect(first!.changes).toEqual([
      'It set title to “Welcome”.',
      `It set first seen and started to ${exactly(at(0))}.`,
    ]);
    expect(first!.others).toEqual([
      `“Clicked a button of the tour” of ${exactly(at(-10))} later replaced first seen.`,
    ]);
  });

  it('says what an event confirmed, and which events it lost to', () => {
    expect(steps[1]!.changes).toEqual(['It changed nothing.']);
    expect(steps[1]!.others).toEqual([
      'It confirmed title.',
      `It did not change first seen: “Clicked a button of the tour” of ${exactly(at(-10))} is older.`,
      `It did not change started: “Started the tour” of ${exactly(at(0))} is older.`,
    ]);
  });

  it('says how an event arrived, and what it changed', () => {
    const { arrival, changes, others } = steps[2]!;
    expect(arrival).toEqual([
      'Its newest copy arrived 3 hours after it happened.',
      'Its newest copy arrived after 2 events that happened later.',
      'It was delivered 3 times; the copies change nothing.',
    ]);
    expect(changes).toEqual([`It changed first seen from ${exactly(at(0))} to ${exactly(at(-10))}.`]);
    expect(others).toEqual([`It did not change title: “Started the tour” of ${exactly(at(20))} is newer.`]);
  });

  it('shows the row after each event, with the events that its values come from', () => {
    expect(steps.map(rowOf)).toEqual([
      { title: 'Welcome', firstSeenAt: at(0), startedAt: at(0) },
      { title: 'Welcome', firstSeenAt: at(0), startedAt: at(0) },
      { title: 'Welcome', firstSeenAt: at(-10), startedAt: at(0) },
    ]);
    expect(steps[2]!.fields.filter(({ isChanged }) => isChanged).map(({ column }) => column)).toEqual([
      'firstSeenAt',
    ]);
    expect(steps[2]!.fields.map(({ setBy }) => setBy?.id)).toEqual([again.id, clicked.id, started.id]);
  });

  it('says so when an event changed nothing', () => {
    expect(told([event('tour.completed', 0)], {})[0]).toMatchObject({
      changes: ['It changed nothing.'],
      others: [],
    });
  });

  it('names events of the same time, and does without those that are not loaded', () => {
    const tie = event('tour.completed', 0, {
      contributed: said({ title: 'Other' }),
      lost: [{ column: 'title', to: started.id }],
    });
    expect(told([started, tie], { title: 'Welcome' })[1]!.others).toEqual([
      `It did not change title: “Started the tour” of ${exactly(at(0))}, of the same time, decides.`,
    ]);
    expect(told([tie], { title: 'Welcome' })[0]!.others).toEqual([
      'It did not change title: another event decides.',
    ]);
  });

  it('says why an event contributes nothing', () => {
    const letter = event('tour.completed', 0, { note: 'it is a dead letter' });
    expect(told([letter], {})[0]!.arrival).toEqual(['It contributes nothing: it is a dead letter.']);
  });

  it('shows what each event decided, where not all events were read', () => {
    const unread = story.map((each) => ({ ...each, changed: null }));
    expect(told(unread, row).map(rowOf)).toEqual([
      { title: null, firstSeenAt: null, startedAt: at(0) },
      { title: 'Welcome', firstSeenAt: null, startedAt: at(0) },
      { title: 'Welcome', firstSeenAt: at(-10), startedAt: at(0) },
    ]);
  });
});

describe('the verdict', () => {
  const equal = { matches: true, row: {}, differing: [], total: 3, checked: 3, notes: [] };

  it('says that the row is equal, and what that is about', () => {
    expect(verdictOf(equal)).toEqual({
      ...{ color: 'teal', title: 'Equal to the stored row' },
      sentences: ['The 3 events in the log make exactly the stored row.'],
    });
    expect(verdictOf({ ...equal, total: 1, checked: 1 }).sentences).toEqual([
      'The 1 event in the log makes exactly the stored row.',
    ]);
    expect(verdictOf({ ...equal, checked: 2 }).sentences).toEqual([
      'The row comes from 3 events. Those that decided its columns make exactly the stored row.',
    ]);
  });

  it('says where the row differs, and what to do about it', () => {
    const differs = {
      ...equal,
      matches: false,
      differing: ['title', 'firstSeenAt'],
      notes: ['The log was searched.'],
    };
    expect(verdictOf(differs)).toEqual({
      ...{ color: 'red', title: 'Differs from the stored row' },
      sentences: [
        'The stored row differs from the log in title and first seen. Below is the row that the log makes.',
        'Verify the projection, and repair the row from the log.',
        'The log was searched.',
      ],
    });
    expect(verdictOf({ ...differs, row: null }).sentences[0]).toBe(
      'The log makes no such row, although one is stored.',
    );
  });

  it('says that it cannot be told, and why', () => {
    expect(verdictOf({ ...equal, matches: null, notes: ['Two events are gone.'] })).toEqual({
      ...{ color: 'yellow', title: 'The stored row cannot be checked' },
      sentences: ['Two events are gone.'],
    });
  });
});

describe('a value in a sentence', () => {
  it.each([
    [null, 'nothing'],
    [undefined, 'nothing'],
    [true, 'yes'],
    [false, 'no'],
    [7, '7'],
    ['planned', '“planned”'],
    [[], 'an empty list'],
    [['a', 'b'], '["a","b"]'],
    [at(0), exactly(at(0))],
  ])('%j is %s', (value, words) => expect(valueWords(value)).toBe(words));
});
