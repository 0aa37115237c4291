import { everything, testEvent, Thing, Trace, Crowd, Shared, Gone, type TestEvent } from '@app/testing';
import fc from 'fast-check';
import { columnOf, type AnyReadModel } from '../declare/read-model';
import { RowFold } from '../fold/row-fold';
import { NO_HEADERS } from '../log/record';
import {
  changesOf,
  differingColumns,
  explainRow,
  inOrderOfLog,
  type Evidence,
  type ExplainedEvent,
} from './explain';

const WHO = '00000000-0000-4000-8000-00000000000b';
const SECOND = 1_740_125_703_000;
const KEY = { table: Thing, key: ['default', WHO, 'x'] };

let offset = 0;
const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

function event(
  n: number,
  time: number,
  values: TestEvent['values'] = {},
  more: Partial<TestEvent> = {},
): TestEvent {
  return { workspace: 'default', id: id(n), name: 'a', time, rank: 0, who: WHO, what: 'x', values, ...more };
}

/** Appended in the order of the calls, a second later each. */
function appended(of: TestEvent, partition = 0): Evidence<TestEvent> {
  const record = {
    offset: offset++,
    key: null,
    value: Buffer.of(),
    headers: NO_HEADERS,
    timestamp: SECOND + offset * 1_000,
  };
  return { topic: 'left', partition, record, decoded: { ok: true, event: of } };
}

const explained = (...evidence: readonly Evidence<TestEvent>[]) => explainRow(everything, KEY, evidence);
const wonBy = ({ won }: ExplainedEvent<TestEvent>): readonly string[] => won.map(({ name }) => name);
const lostBy = ({ lost }: ExplainedEvent<TestEvent>) => lost.map(({ column, to }) => [column.name, to]);

describe('explaining a row', () => {
  it('says which event decided each column, and to which the others lost it', () => {
    const [early, late] = [
      event(1, SECOND, { label: 'old', size: 9 }),
      event(2, SECOND + 5_000, { label: 'new', size: 7 }),
    ];
    const { row, events } = explained(appended(early), appended(late));
    expect(row![columnOf(Thing, 'label').index]).toBe('new');
    expect(events.map(({ event: { id: of } }) => of)).toEqual([id(1), id(2)]);
    expect(wonBy(events[0]!)).toEqual(['first', 'highest']);
    expect(lostBy(events[0]!)).toEqual([
      ...['last', 'lowest', 'at', 'doc', 'flag', 'label', 'size', 'phrase', 'words'].map((name) => [
        name,
        id(2),
      ]),
    ]);
    expect(wonBy(events[1]!)).toEqual([
      'last',
      'lowest',
      'at',
      'doc',
      'flag',
      'label',
      'size',
      'phrase',
      'words',
    ]);
    expect(lostBy(events[1]!)).toEqual([
      ['first', id(1)],
      ['highest', id(1)],
    ]);
  });

  it('takes a late event for what it changed, wherever it is in the log', () => {
    const [late, prompt] = [event(1, SECOND, { note: 'late' }), event(2, SECOND + 1_000, { note: 'prompt' })];
    const [first, second] = explained(appended(prompt), appended(late)).events;
    expect(wonBy(first!)).toContain('note');
    expect(wonBy(second!)).toEqual(['first']);
    expect(lostBy(second!)).toContainEqual(['note', id(2)]);
  });

  it('says what the row shows differently after each event, in whatever order they are applied', () => {
    const at = (n: number, label: string) => appended(event(n, SECOND + n, { label, size: 7 }));
    const { row, events } = explained(at(5, 'b'), at(9, 'c'), at(2, 'a'));
    for (const order of [events, events.toReversed()]) {
      const changes = changesOf(
        Thing,
        order.map(({ own }) => own),
      );
      for (const column of Thing.columns.filter(
        ({ role }) => role.kind !== 'key' && role.kind !== 'position',
      )) {
        const last = changes.flat().findLast((change) => change.column === column);
        expect(last?.value ?? null).toEqual(row![column.index]);
      }
    }
    const labels = changesOf(
      Thing,
      events.map(({ own }) => own),
    ).map((changed) => changed.find(({ column }) => column.name === 'label')?.value);
    expect(labels).toEqual(['b', 'c', undefined]);
  });

  it('knows a redelivery, which wins and loses nothing more', () => {
    const once = event(1, SECOND, { label: 'a' });
    const { events } = explained(appended(once), appended(event(2, SECOND + 1)), appended(once));
    expect(events.map(({ deliveries }) => deliveries.length)).toEqual([2, 1]);
    expect(wonBy(events[0]!)).toEqual([
      'first',
      'highest',
      'at',
      'doc',
      'flag',
      'label',
      'size',
      'phrase',
      'words',
    ]);
  });

  it('gives a column to the first of those that say the same, and counts none of them as lost', () => {
    const { events } = explained(appended(event(2, SECOND)), appended(event(1, SECOND)));
    expect(wonBy(events[0]!)).toEqual(['first', 'last']);
    expect([wonBy(events[1]!), lostBy(events[1]!)]).toEqual([[], []]);
  });

  it('decides a tie of times by rank and id, as the merge does', () => {
    const { events } = explained(
      appended(event(2, SECOND, { note: 'b' })),
      appended(event(1, SECOND, { note: 'a' })),
    );
    expect(wonBy(events[0]!)).toContain('note');
    expect(lostBy(events[1]!)).toContainEqual(['note', id(2)]);
    const ranked = explained(
      appended(event(2, SECOND, { note: 'b' })),
      appended(event(1, SECOND, { note: 'a' }, { rank: 1 })),
    );
    expect(lostBy(ranked.events[0]!)).toContainEqual(['note', id(1)]);
  });

  it('lists what is no part of the row, and what the projection cannot apply or has not applied', () => {
    const other = appended(event(1, SECOND, {}, { what: 'y' }));
    const refused = appended(event(2, SECOND, {}, { name: 'refuse' }));
    const letter = appended(event(3, SECOND));
    const { row, events } = explainRow(everything, KEY, [other, refused, letter], (each) => each !== letter);
    expect(row).toBeNull();
    expect(events.map(({ isBehindRow }) => isBehindRow)).toEqual([false, false, false]);
    expect(events[0]!.contributions.map(({ table }) => table.name)).toContain('trace');
    expect(events[1]!.notApplied).toBe('Error: the handler refuses this event');
    expect(events[2]!.notApplied).toBe('it is a dead letter');
  });

  it('ends in the row of the plain fold, and every column that has a value has one winner', () => {
    const tables: readonly AnyReadModel[] = [Thing, Trace, Crowd, Shared, Gone];
    fc.assert(
      fc.property(fc.array(fc.tuple(testEvent, fc.nat(1)), { minLength: 1, maxLength: 20 }), (life) => {
        const evidence = life.map(([each, partition]) => appended(each, partition));
        const fold = new RowFold(everything.tables);
        for (const [each] of life) for (const part of everything.handlerOf(each.name)!(each)) fold.add(part);
        const rows = fold.take();
        for (const table of tables)
          for (const row of rows.get(table)!) {
            const key = table.keys.map(({ index }) => row[index]!);
            const { row: made, events } = explainRow(everything, { table, key }, evidence);
            expect(differingColumns(table, made!, row)).toEqual([]);
            for (const column of table.singles) {
              const winners = events.filter(({ won }) => won.includes(column));
              // A set may be of several events together: then none of them says what it says.
              const most = column.type.name === 'set' ? [0, 1] : [row[column.index] === null ? 0 : 1];
              expect(most).toContain(winners.length);
            }
            for (const group of table.groups) {
              const winners = events.filter(({ won }) =>
                group.columns.every((column) => won.includes(column)),
              );
              expect(winners.map(({ event: winner }) => winner.id)).toEqual(
                row[group.event.index] === null ? [] : [row[group.event.index]],
              );
            }
          }
      }),
    );
  });
});

describe('the order of the log', () => {
  const records = fc
    .uniqueArray(fc.record({ partition: fc.nat(2), offset: fc.nat(5), timestamp: fc.nat(5) }), {
      selector: ({ partition, offset }) => `${partition}@${offset}`,
    })
    .map((all) =>
      all.map(({ partition, offset: at, timestamp }): Evidence<TestEvent> => {
        const { record, ...rest } = appended(event(1, SECOND), partition);
        return { ...rest, record: { ...record, offset: at, timestamp } };
      }),
    );
  const before = (a: Evidence<TestEvent>, b: Evidence<TestEvent>): boolean =>
    a.partition === b.partition && a.record.offset < b.record.offset;

  it('is the same whatever the order that records are given in, and keeps that of each partition', () => {
    const shuffled = records.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([all, others]) => {
        const ordered = inOrderOfLog(all);
        expect(inOrderOfLog(others)).toEqual(ordered);
        ordered.forEach((each, i) =>
          expect(ordered.slice(0, i).some((earlier) => before(each, earlier))).toBe(false),
        );
      }),
    );
  });

  it('is that of the timestamps where they go backwards in no partition', () => {
    fc.assert(
      fc.property(records, (all) => {
        const isForwards = all.every((a) =>
          all.every((b) => !before(a, b) || a.record.timestamp <= b.record.timestamp),
        );
        fc.pre(isForwards);
        const times = inOrderOfLog(all).map(({ record }) => record.timestamp);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
    );
  });
});
