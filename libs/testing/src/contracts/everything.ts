import {
  any,
  boolean,
  by,
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
 * for the engine's suites. An event `erase` erases who it is about.
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

export const Gone = readModel(
  'gone',
  { who: uuid },
  { since: earliest(instant) },
  { comment: 'test', person: null },
);

export const Thing = readModel(
  'thing',
  { who: uuid, what: uid },
  {
    first: earliest(instant),
    last: greatest(instant),
    lowest: earliest(integer),
    highest: greatest(text),
    ever: any(boolean),
    labels: union(set),
    snapshot: latest({ label: text, flag: boolean, size: integer, at: instant, doc: json }),
    remark: latest({ note: text }),
    wording: latest({ words: json, phrase: text }, 'rank first'),
  },
  {
    comment: 'test',
    person: 'who',
    generated: { phase: { type: 'text', sql: `CASE WHEN ever THEN 'ever' ELSE 'never' END` } },
    indexes: [['what', 'phase']],
  },
);

export const Trace = readModel(
  'trace',
  { who: uuid, at: instant, eventId: uuid },
  { kind: any(text) },
  { comment: 'test', person: 'who', ownerFirst: true, indexes: [['kind', 'at']] },
);

export const Shared = readModel(
  'shared_thing',
  { what: uid },
  {
    first: earliest(instant),
    kind: any(text),
    snapshot: latest({ label: text, size: integer, flag: boolean, doc: json }),
    remark: latest({ note: text }),
  },
  { comment: 'test', person: null, sharded: true },
);

/** Of some persons together, whom the key tells apart. */
export const Crowd = readModel(
  'crowd',
  { members: text },
  { people: union(set), last: greatest(instant), remark: latest({ note: text }) },
  { comment: 'test', person: 'people' },
);

export const ThingCounts = tally(
  'thing_counts',
  { what: uid, day: date },
  {
    begun: count(Thing, { what: by('what'), day: utcDay('first') }),
    flagged: count(Thing, { what: by('what'), day: utcDay('at') }),
  },
  { comment: 'test' },
);

export const CrowdDays = tally(
  'crowd_days',
  { members: text, day: date },
  {
    crowds: count(Crowd, { members: by('members'), day: utcDay('last') }),
  },
  { comment: 'test' },
);

/** Of groups that the key alone makes. */
export const TraceDays = tally(
  'trace_days',
  { who: uuid, day: date },
  { traces: count(Trace, { who: by('who'), day: utcDay('at') }) },
  { comment: 'test' },
);

export const WordCounts = tally(
  'word_counts',
  { what: uid, word: text },
  { things: count(Thing, { what: by('what'), word: each('words') }) },
  { comment: 'test' },
);

/** Counts rows whose columns compare in a certain way, beside all rows of the same groups, which the key alone makes. */
export const Comparisons = tally(
  'comparisons',
  { what: uid },
  {
    all: count(Thing, { what: by('what') }),
    smallest: count(Thing, { what: by('what') }, { column: 'lowest', atLeast: 'size' }),
    topmost: count(Thing, { what: by('what') }, { column: 'label', atLeast: 'highest' }),
    settled: count(Thing, { what: by('what') }, { column: 'flag', atLeast: 'ever' }),
  },
  { comment: 'test' },
);

export const ComparisonDays = tally(
  'comparison_days',
  { what: uid, day: date },
  {
    ahead: count(Thing, { what: by('what'), day: utcDay('first') }, { column: 'at', atLeast: 'first' }),
    behind: count(Thing, { what: by('what'), day: utcDay('first') }, { column: 'last', atLeast: 'at' }),
  },
  { comment: 'test' },
);

export const TraceCounts = tally(
  'trace_counts',
  { kind: text },
  { traces: count(Trace, { kind: by('kind') }, { column: 'kind', oneOf: ['a', "b'c"] }) },
  { comment: 'test' },
);

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

/** Who it is about, and a second one of a few. */
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
