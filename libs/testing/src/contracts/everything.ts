import {
  any,
  boolean,
  by,
  computed,
  contribute,
  count,
  date,
  defineProjection,
  each,
  earliest,
  greatest,
  instant,
  integer,
  json,
  latest,
  logPosition,
  readModel,
  set,
  tally,
  text,
  uid,
  union,
  utcDay,
  uuid,
  type Contribution,
  type EngineEvent,
} from '@app/engine';

/**
 * A projection with every merge, every column type, a sharded table, tallies, and rows of one person and of several,
 * for the engine's suites. An event `erase` erases its person.
 */
export interface TestEvent extends EngineEvent {
  readonly who: string;
  readonly what: string;
  readonly values: {
    readonly at?: number | null;
    readonly label?: string | null;
    readonly flag?: boolean | null;
    readonly size?: number | null;
    readonly doc?: string | null;
    readonly tags?: readonly string[] | null;
    readonly note?: string | null;
  };
}

export const Gone = readModel('gone', 'Test.', {
  key: { who: uuid('Who.') },
  columns: { since: earliest(instant('Since when.')) },
  person: null,
});

export const Thing = readModel('thing', 'Test.', {
  key: { who: uuid('Who.'), what: uid('What.') },
  columns: {
    first: earliest(instant('First time.')),
    last: greatest(instant('Last time.')),
    lowest: earliest(integer('Lowest size.')),
    highest: greatest(text('Highest label.')),
    ever: any(boolean('Flag.')),
    labels: union(set('Labels.')),
    snapshot: latest({
      label: text('Label.'),
      flag: boolean('Flag.'),
      size: integer('Size.'),
      at: instant('Time.'),
      doc: json('Document.'),
    }),
    remark: latest({ note: text('Note.') }),
    wording: latest({ words: json('Words.'), phrase: text('Phrase.') }, 'rank first'),
  },
  person: 'who',
  generated: {
    phase: computed(text('ever or never.'), `CASE WHEN ever THEN 'ever' ELSE 'never' END`),
  },
  indexes: [['what', 'phase']],
});

export const Trace = readModel('trace', 'Test.', {
  key: { who: uuid('Who.'), at: instant('Time.'), eventId: uuid('Event.') },
  columns: { kind: any(text('Kind.')), position: logPosition('Position.') },
  person: 'who',
  ownerFirst: true,
  indexes: [['kind', 'at']],
});

export const Shared = readModel('shared_thing', 'Test.', {
  key: { what: uid('What.') },
  columns: {
    first: earliest(instant('First time.')),
    kind: any(text('Kind.')),
    snapshot: latest({
      label: text('Label.'),
      size: integer('Size.'),
      flag: boolean('Flag.'),
      doc: json('Document.'),
    }),
    remark: latest({ note: text('Note.') }),
  },
  person: null,
  sharded: true,
});

/** Rows of several persons, which the key distinguishes. */
export const Crowd = readModel('crowd', 'Test.', {
  key: { members: text('Members.') },
  columns: {
    people: union(set('People.')),
    last: greatest(instant('Last time.')),
    remark: latest({ note: text('Note.') }),
  },
  person: 'people',
});

export const ThingCounts = tally('thing_counts', 'Test.', {
  key: { what: uid('What.'), day: date('Day.') },
  counts: {
    begun: count('Begun.', Thing, { what: by('what'), day: utcDay('first') }),
    flagged: count('Flagged.', Thing, { what: by('what'), day: utcDay('at') }),
  },
});

export const CrowdDays = tally('crowd_days', 'Test.', {
  key: { members: text('Members.'), day: date('Day.') },
  counts: { crowds: count('Crowds.', Crowd, { members: by('members'), day: utcDay('last') }) },
});

/** Groups that the key alone determines. */
export const TraceDays = tally('trace_days', 'Test.', {
  key: { who: uuid('Who.'), day: date('Day.') },
  counts: { traces: count('Traces.', Trace, { who: by('who'), day: utcDay('at') }) },
});

export const WordCounts = tally('word_counts', 'Test.', {
  key: { what: uid('What.'), word: text('Word.') },
  counts: { things: count('Things.', Thing, { what: by('what'), word: each('words') }) },
});

const perWhat = { what: by('what') };

/** Counts rows whose columns compare in a certain way, and all rows of the same groups, which the key alone determines. */
export const Comparisons = tally('comparisons', 'Test.', {
  key: { what: uid('What.') },
  counts: {
    all: count('All.', Thing, perWhat),
    smallest: count('Smallest.', Thing, perWhat, { column: 'lowest', atLeast: 'size' }),
    topmost: count('Topmost.', Thing, perWhat, { column: 'label', atLeast: 'highest' }),
    settled: count('Settled.', Thing, perWhat, { column: 'flag', atLeast: 'ever' }),
  },
});

const perDay = { what: by('what'), day: utcDay('first') };

export const ComparisonDays = tally('comparison_days', 'Test.', {
  key: { what: uid('What.'), day: date('Day.') },
  counts: {
    ahead: count('Ahead.', Thing, perDay, { column: 'at', atLeast: 'first' }),
    behind: count('Behind.', Thing, perDay, { column: 'last', atLeast: 'at' }),
  },
});

export const TraceCounts = tally('trace_counts', 'Test.', {
  key: { kind: text('Kind.') },
  counts: {
    traces: count('Traces.', Trace, { kind: by('kind') }, { column: 'kind', oneOf: ['a', "b'c"] }),
  },
});

export const everything = defineProjection<TestEvent>({
  name: 'every-thing',
  version: 1,
  topics: ['left', 'right'],
  erased: Gone,
  tables: [
    ...[Thing, Trace, Shared, Crowd],
    ...[ThingCounts, WordCounts, TraceCounts, TraceDays, CrowdDays, Comparisons, ComparisonDays],
  ],
  on: {
    erase: (event) => [contribute(Gone, event, { who: event.who, since: event.time })],
    refuse: () => {
      throw new Error('the handler refuses this event');
    },
  },
  otherwise: (event): Contribution[] => [
    contribute(Thing, event, {
      who: event.who,
      what: event.what,
      first: event.time,
      last: event.time,
      lowest: event.values.size,
      highest: event.values.label,
      ever: event.values.flag,
      labels: event.values.tags,
      label: event.values.label,
      flag: event.values.flag,
      size: event.values.size,
      at: event.values.at,
      doc: event.values.doc,
      note: event.values.note,
      words: event.values.tags && JSON.stringify(event.values.tags),
      phrase: event.values.label,
    }),
    contribute(Trace, event, { who: event.who, at: event.time, eventId: event.id, kind: event.name }),
    crowdOf(event),
    contribute(Shared, event, {
      what: event.what,
      first: event.time,
      kind: event.name,
      label: event.values.label,
      size: event.values.size,
      flag: event.values.flag,
      doc: event.values.doc,
      note: event.values.note,
    }),
  ],
});

/** The person of the event, and a second one of a few. */
function crowdOf(event: TestEvent): Contribution {
  const people = [
    ...new Set([event.who, `00000000-0000-4000-8000-${String(event.rank).padStart(12, '0')}`]),
  ].sort();
  return contribute(Crowd, event, {
    members: people.join(),
    people,
    last: event.time,
    note: event.values.note,
  });
}
