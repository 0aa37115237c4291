import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import fc from 'fast-check';
import { type Change, changesBetween, mayBring } from './compatibility';
import { type Contract, contractOf, releasedContract } from './contract';
import { valuesOf } from './values.fixture';

const ROOT = join(__dirname, '../../..');
const NOW = contractOf(ROOT);

/** The contract as it is, but for what is done to a copy of it. */
function changed(change: (copy: Editable) => void): Contract {
  const copy = structuredClone(NOW) as unknown as Editable;
  change(copy);
  return copy as unknown as Contract;
}

interface EditableSchema {
  description?: string;
  required: string[];
  properties: Record<string, Record<string, unknown>>;
  allOf: unknown[];
  $defs: Record<string, EditableSchema>;
}

interface Editable {
  eventIdRule: number;
  events: Record<
    string,
    {
      topics: string[];
      partitionedBy: string;
      identifiedBy: string[];
      origin: string;
      schema: EditableSchema;
    }
  >;
}

const TOUR = 'tour.started';
const TRIAGED = 'backlog.item.triaged';
type Example = [what: string, change: (copy: Editable) => void];

const COMPATIBLE: Example[] = [
  ['nothing', () => undefined],
  ['a new event', ({ events }) => (events['tour.paused'] = events[TOUR]!)],
  ['other words', ({ events }) => (events[TOUR]!.schema.description = 'Somebody began.')],
  [
    'a member that the vendor has begun to send',
    ({ events }) => (jimerOf(events).properties['locale'] = { anyOf: [{ type: 'string' }, true] }),
  ],
  [
    'another usual type of what is not checked',
    ({ events }) => (jimerOf(events).properties['email'] = { anyOf: [{ type: 'number' }, true] }),
  ],
  ['what is not checked is not told any more', ({ events }) => delete jimerOf(events).properties['email']],
  [
    'an optional member of a system event',
    ({ events }) => (events[TRIAGED]!.schema.properties['team'] = { type: 'string' }),
  ],
  ['a system event in another topic as well', ({ events }) => events[TRIAGED]!.topics.push('jimo.lifecycle')],
];

const BREAKING: Example[] = [
  ['an event less', ({ events }) => delete events[TOUR]],
  ['another rule of event ids', (copy) => copy.eventIdRule++],
  ['another topic', ({ events }) => (events[TOUR]!.topics = ['jimo.feedback'])],
  ['another partition', ({ events }) => (events[TOUR]!.partitionedBy = 'experience.uid')],
  ['other objects that identify it', ({ events }) => events[TOUR]!.identifiedBy.push('step')],
  ['another type and source', ({ events }) => (events[TOUR]!.origin = 'own')],
  ['a member that must be there', ({ events }) => addRequired(events[TRIAGED]!.schema, 'team')],
  ['a member that may be absent now', ({ events }) => (events[TRIAGED]!.schema.required = ['event', 'time'])],
  ['a member less', ({ events }) => delete events[TRIAGED]!.schema.properties['actor']],
  [
    'a check of what the vendor sends',
    ({ events }) => (jimerOf(events).properties['email'] = { type: 'string' }),
  ],
  [
    'a new member of the vendor that is checked',
    ({ events }) => (jimerOf(events).properties['locale'] = { type: 'string' }),
  ],
  [
    'one more value of a closed list',
    ({ events }) => (statusOf(events)['enum'] = [...(statusOf(events)['enum'] as string[]), 'parked']),
  ],
  ['one value less', ({ events }) => (statusOf(events)['enum'] = ['new', 'done'])],
  ['a longer text', ({ events }) => (events[TRIAGED]!.schema.properties['by']!['maxLength'] = 500)],
  ['a shorter text', ({ events }) => (events[TRIAGED]!.schema.properties['by']!['maxLength'] = 100)],
  [
    'null where a text was',
    ({ events }) => (events[TRIAGED]!.schema.properties['by']!['type'] = ['string', 'null']),
  ],
  ['another condition', ({ events }) => events['post.liked']!.schema.allOf.pop()],
  [
    'a check of an object under a condition',
    ({ events }) =>
      (events['post.liked']!.schema.$defs['Experience']!.properties['title'] = { type: 'string' }),
  ],
];

const jimerOf = (events: Editable['events']): EditableSchema => events[TOUR]!.schema.$defs['Jimer']!;
const statusOf = (events: Editable['events']): Record<string, unknown> =>
  events[TRIAGED]!.schema.$defs['TriagedItem']!.properties['status']!;
function addRequired(schema: EditableSchema, name: string): void {
  schema.properties[name] = { type: 'string' };
  schema.required.push(name);
}

const verdicts = (changes: readonly Change[]): string[] => [
  ...new Set(changes.map(({ verdict }) => verdict)),
];

describe('a change of the catalogue', () => {
  it('is one that this version may bring since the last release', () => {
    const released = releasedContract(ROOT);
    const changes = changesBetween(released, NOW);
    const breaking = changes.filter(({ verdict }) => verdict === 'breaking');
    const refused = mayBring(changes, released.version, NOW.version) ? [] : breaking;
    expect(refused).toEqual([]);
  });

  it.each(COMPATIBLE)('is compatible: %s', (_what, change) => {
    const changes = changesBetween(NOW, changed(change));
    expect(changes.filter(({ verdict }) => verdict === 'breaking')).toEqual([]);
  });

  it.each(BREAKING)('is breaking: %s', (_what, change) => {
    expect(verdicts(changesBetween(NOW, changed(change)))).toContain('breaking');
  });

  it('names the event and the member', () => {
    const after = changed(({ events }) => (jimerOf(events).properties['uid'] = { type: 'string' }));
    expect(changesBetween(NOW, after)).toEqual([
      {
        verdict: 'breaking',
        event: TOUR,
        path: 'jimer.uid',
        what: expect.stringContaining('pattern') as unknown,
      },
    ]);
  });

  it.each(COMPATIBLE)('that is compatible is so both ways for every event of before: %s', (_what, change) => {
    const after = changed(change);
    for (const event of [TOUR, TRIAGED]) {
      const ajv = new Ajv2020({ strict: false });
      const [was, is] = [NOW, after].map(({ events }) => {
        const { $id, ...schema } = events[event]!.schema;
        return ajv.compile({ ...schema, $id: `${String($id)}:${Math.random()}` });
      });
      // Nobody has written a member of a system event that was not there.
      fc.assert(
        fc.property(valuesOf(NOW.events[event]!.schema), (value) => is!(value) === was!(value)),
        { numRuns: 100 },
      );
    }
  });
});

describe('a version', () => {
  const breaking: Change[] = [{ verdict: 'breaking', event: TOUR, path: '', what: '' }];

  it.each([
    ['1.2.3', '1.3.0', false],
    ['1.2.3', '2.0.0', true],
    ['0.1.0', '0.1.1', false],
    ['0.1.0', '0.2.0', true],
    ['0.9.0', '1.0.0', true],
    ['1.0.0', '1.0.0', false],
  ])('%s may be followed by a breaking %s: %s', (before, after, may) => {
    expect(mayBring(breaking, before, after)).toBe(may);
    expect(mayBring([{ ...breaking[0]!, verdict: 'compatible' }], before, after)).toBe(true);
  });
});
