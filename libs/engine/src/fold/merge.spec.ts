import { testEvent, Thing, type TestEvent } from '@app/testing';
import fc from 'fast-check';
import { COLUMN_TYPES, compareUtf8, jsonDepth, storableText, type Row } from '../declare/column-types';
import { contributedRow } from '../declare/contribution';
import { mergeInto } from './merge';

const { json, uid } = COLUMN_TYPES;

/** Rows of one key, so that they merge. */
const row = testEvent.map((event: TestEvent): Row => {
  const { values } = event;
  return contributedRow(
    Thing,
    event,
    {
      who: '00000000-0000-4000-8000-000000000000',
      what: 'x',
      first: event.time,
      last: event.time,
      ...values,
      labels: values.tags,
      words: values.tags && JSON.stringify(values.tags),
      phrase: values.label,
    },
    event.rank,
  );
});

function merged(a: Row, b: Row): Row {
  const target = [...a];
  mergeInto(Thing, target, b);
  return target;
}

describe('merging rows', () => {
  const withoutKey = (r: Row): Row => r.slice(1);

  it('does not depend on the order of arrival', () => {
    fc.assert(
      fc.property(row, row, (a, b) => expect(withoutKey(merged(a, b))).toEqual(withoutKey(merged(b, a)))),
    );
  });

  it('does not depend on batching', () => {
    fc.assert(
      fc.property(row, row, row, (a, b, c) =>
        expect(merged(merged(a, b), c)).toEqual(merged(a, merged(b, c))),
      ),
    );
  });

  it('is idempotent', () => {
    fc.assert(fc.property(row, row, (a, b) => expect(merged(merged(a, b), b)).toEqual(merged(a, b))));
  });

  it('lets the rank decide before the time if the group is declared so', () => {
    const event = { workspace: 'default', name: 'a', id: '00000000-0000-4000-8000-000000000001' };
    const key = { who: '00000000-0000-4000-8000-000000000000', what: 'x' };
    const first = contributedRow(Thing, { ...event, rank: 1, time: 2_000 }, { ...key, phrase: 'one' }, 1);
    const second = contributedRow(Thing, { ...event, rank: 2, time: 1_000 }, { ...key, phrase: 'two' }, 2);
    const phrase = Thing.columns.find(({ name }) => name === 'phrase')!.index;
    expect([merged(first, second)[phrase], merged(second, first)[phrase]]).toEqual(['two', 'two']);
  });

  it('takes the columns of a latest group from one event, never from two', () => {
    const event = { workspace: 'default', name: 'a', rank: 0, time: 1_000 };
    const key = { who: '00000000-0000-4000-8000-000000000000', what: 'x' };
    const older = { ...event, id: '00000000-0000-4000-8000-000000000001' };
    const newer = { ...event, id: '00000000-0000-4000-8000-000000000002', time: 2_000 };
    const first = contributedRow(Thing, older, { ...key, label: 'old', size: 3 }, 0);
    const second = contributedRow(Thing, newer, { ...key, label: null }, 0);
    const result = merged(first, second);
    const at = (name: string): unknown => result[Thing.columns.find((column) => column.name === name)!.index];
    expect([at('label'), at('size'), at('snapshotTime')]).toEqual([null, null, 2_000]);
  });
});

describe('values', () => {
  it('compares text as its UTF-8 bytes', () => {
    const wellFormed = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(wellFormed, wellFormed, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
      {
        numRuns: 1_000,
        examples: [
          ['\uffff', '😀'],
          ['\ue000', '\u{10000}'],
        ],
      },
    );
  });

  it('keeps JSON text unchanged unless Postgres could not store it', () => {
    expect(json.normalise('{ "n": 9007199254740993, "e": 1e400 }')).toBe(
      '{ "n": 9007199254740993, "e": 1e400 }',
    );
    expect(json.normalise('{"a":"x\\u0000y","\\ud800":[9007199254740993,"\\uDFFF"]}')).toBe(
      '{"a":"x\ufffdy","\ufffd":[9007199254740993,"\ufffd"]}',
    );
  });

  it('measures how deep JSON is nested, whatever its strings hold, and refuses what is too deep', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const depth = (part: unknown): number =>
          typeof part === 'object' && part !== null ? 1 + Math.max(0, ...Object.values(part).map(depth)) : 0;
        expect(jsonDepth(JSON.stringify(value))).toBe(depth(value));
      }),
      { examples: [['[{"\\"]']] },
    );
    expect(jsonDepth('{"[{":"\\"[["}')).toBe(1);
    expect(() => json.normalise(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toThrow(
      'nested deeper than 200 levels',
    );
  });

  it('treats JSON null as no value, and refuses invalid JSON', () => {
    expect(json.normalise(' null ')).toBeNull();
    expect(() => json.normalise('not json')).toThrow('is not JSON');
  });

  it('counts the characters of an identifier, not its UTF-16 units', () => {
    expect(uid.normalise('😀'.repeat(200))).toBe('😀'.repeat(200));
    expect(() => uid.normalise('a'.repeat(201))).toThrow('1 to 200 characters');
    expect(() => uid.normalise(`${'😀'.repeat(200)}a`)).toThrow('1 to 200 characters');
  });

  it('refuses an event whose time no column can store, whatever it contributes', () => {
    const event = {
      workspace: 'default',
      id: '00000000-0000-4000-8000-000000000001',
      name: 'a',
      rank: 0,
      time: -8.6e15,
    };
    const key = { who: '00000000-0000-4000-8000-000000000000', what: 'x' };
    expect(() => contributedRow(Thing, event, { ...key, label: 'l' }, 0)).toThrow('not a time');
  });

  it('replaces NUL and lone surrogates, and nothing else', () => {
    expect(storableText('a\u0000b\ud800c😀')).toBe('a\ufffdb\ufffdc😀');
  });
});
