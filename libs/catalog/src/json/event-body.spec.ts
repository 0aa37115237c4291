import fc from 'fast-check';
import { EVENT_NAMES } from '../catalog';
import { example } from '../examples.fixture';
import { generateEvents } from '../generator/generate';
import { isJsonObject } from '../rules';
import { parseObject, readBody } from './event-body';
import type { ObjectReader } from './object-reader';
import { scanMembers } from './scan';
import { scanObject } from './scan-bytes';

const UID = '550433b7-6b40-4f4a-a8bc-79ad2a55a847';
const NAMES = ['experience', 'post', 'jimer', 'uid', 'title', 'x', ''];

const space = fc.constantFrom('', '', '', ' ', '\n\t', '\r ');
const piece = fc.constantFrom(
  ...['a', 'B7-', 'é', '😀', '\u007f', '{', '}', '[', ',', ':', "'", '\\"', '\\\\', '\\/', '\\b\\f\\n\\r\\t'],
  ...['\\u0041', '\\u00e9', '\\ud83d\\ude00', '\\ud800', '\\u0000', '\\uDFFf'],
  // No JSON.
  ...['\\x', '\\u12', '\n', '\u0001', '"'],
);
const string = fc.array(piece, { maxLength: 5 }).map((pieces) => `"${pieces.join('')}"`);
const scalar = fc.oneof(
  string,
  fc.constantFrom(
    'true',
    'false',
    'null',
    '0',
    '-0',
    '12.50',
    '1e400',
    '1E+2',
    '-1.5e-3',
    '9007199254740993',
  ),
  fc.constantFrom('01', '1.', '.5', '+1', '-', '1e', 'nul', 'True', 'NaN', '', `"${UID}"`),
);
const name = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...NAMES).map((each) => JSON.stringify(each)) },
  { weight: 1, arbitrary: fc.oneof(string, fc.constantFrom('"\\u0075id"', '"po\\u0073t"', 'uid')) },
);
/** The first two have the same uid, and so the same place among the objects seen before. */
const repeated = fc.constantFrom(
  `{"uid":"${UID}","title":"A","type":"TOUR"}`,
  `{"uid":"${UID}","title":"A\\u0042","uid":"again","tags":[{"x":1}]}`,
  `{"uid":"${UID}","title":"A"`,
  `{"uid":"${UID}"}`,
  `{"uid":"${UID}","title":{"x":"\\""},"n":-12.5,"b":false}`,
);
const { object } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    ...[scalar, scalar, repeated, tie('object'), tie('array')],
    fc.constantFrom(70, 300).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  ),
  array: fc
    .tuple(fc.array(tie('value'), { maxLength: 3 }), space)
    .map(([values, gap]) => `[${gap}${values.join(`${gap},`)}${gap}]`),
  object: fc
    .tuple(fc.array(fc.tuple(name, tie('value')), { maxLength: 5 }), space, space)
    .map(([members, a, b]) => `{${a}${members.map((each) => each.join(`${b}:${a}`)).join(`${a},${b}`)}${b}}`),
}));
const damage = fc.option(
  fc.record({ at: fc.nat(), bytes: fc.uint8Array({ maxLength: 2 }), cut: fc.nat(2) }),
  {
    freq: 3,
  },
);
/** Most are JSON, many are damaged somewhere. */
const text = fc.tuple(space, object, space, damage).map(([before, body, after, harm]) => {
  const bytes = Buffer.from(before + body + after);
  if (!harm) return bytes;
  const at = harm.at % (bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), harm.bytes, bytes.subarray(at + harm.cut)]);
});

interface Shown {
  readonly values: readonly unknown[];
  readonly texts: readonly (string | undefined)[];
  readonly objects: readonly (Shown | null)[];
}

function shown(reader: ObjectReader, objectOf: (name: string) => ObjectReader | undefined): Shown {
  return {
    values: NAMES.map((each) => reader.get(each)),
    texts: NAMES.map((each) => reader.raw(each)),
    objects: NAMES.map((each) => {
      const found = objectOf(each);
      return found ? shown(found, () => undefined) : null;
    }),
  };
}

/** By JSON.parse alone. */
function expected(bytes: Buffer): Shown | string {
  const json = bytes.toString('utf8');
  const readerOf = (parsed: Readonly<Record<string, unknown>>, source: string): ObjectReader => ({
    get: (each) => (Object.hasOwn(parsed, each) ? parsed[each] : undefined),
    raw: (each) => scanMembers(source).get(each),
  });
  try {
    const body = readerOf(parseObject(json), json);
    return shown(body, (each) => {
      const member = body.get(each);
      return isJsonObject(member) ? readerOf(member, body.raw(each)!) : undefined;
    });
  } catch (error) {
    return String(error);
  }
}

function found(bytes: Buffer): Shown | string {
  try {
    const body = readBody(bytes);
    return shown(body, (each) => body.object(each));
  } catch (error) {
    return String(error);
  }
}

describe('the body of an event', () => {
  it('is what JSON.parse makes of it, or refused as JSON.parse refuses it', () => {
    fc.assert(
      fc.property(text, (bytes) => {
        const wanted = expected(bytes);
        // Again and again: by then its experience is known.
        for (let i = 0; i < 3; i++) expect(found(bytes)).toEqual(wanted);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is refused wherever it is cut off, and wherever one byte of it is another', () => {
    const whole = Buffer.from(
      `{"event":"tour.started","time":-1.5e3,"experience":{"uid":"${UID}","title":"\\u00e9\\n","tags":[{"a":[]},null]},` +
        `"jimer":{"uid":"${UID}","n":0,"t":true,"f":false,"z":null}, "x" : { } }`,
    );
    for (let i = 0; i < 3; i++) expect(found(whole)).toEqual(expected(whole));
    for (let at = 0; at < whole.length; at++) {
      const cut = whole.subarray(0, at);
      expect(found(cut)).toEqual(expected(cut));
      for (const byte of Buffer.from('{}[]",:\\ \n0-e.tnf\u0000é')) {
        const other = Buffer.from(whole);
        other[at] = byte;
        expect([at, byte, found(other)]).toEqual([at, byte, expected(other)]);
      }
    }
  });

  it('is read without JSON.parse for every kind of event, as the generator and the vendor have them', () => {
    for (const each of EVENT_NAMES)
      expect(scanObject(Buffer.from(JSON.stringify(example(each))), null)).not.toBeNull();
    for (const { body } of generateEvents({ events: 500 })) {
      const bytes = Buffer.from(body);
      expect(scanObject(bytes, null)).not.toBeNull();
      expect(found(bytes)).toEqual(expected(bytes));
    }
  });

  it('keeps what it read, whatever is read after it', () => {
    const bodies = [...generateEvents({ events: 3_000 })].map(({ body }) => Buffer.from(body));
    const readers = bodies.map((bytes) => readBody(bytes));
    readers.forEach((body, i) => {
      expect(shown(body, (each) => body.object(each))).toEqual(expected(bodies[i]!));
    });
  });

  it('may be of any size and depth', () => {
    const deep = `{"x":${'['.repeat(130_000)}${']'.repeat(130_000)},"uid":"${UID}"}`;
    expect(readBody(Buffer.from(deep)).get('uid')).toBe(UID);
    const wide = `{${Array.from({ length: 5_000 }, (_, i) => `"m${i}":${i}`).join(',')},"jimer":{"uid":1}}`;
    expect(readBody(Buffer.from(wide)).object('jimer')?.get('uid')).toBe(1);
    const long = `{"experience":{"uid":"${UID}","title":"${'é'.repeat(100_000)}"}}`;
    for (let i = 0; i < 3; i++)
      expect(readBody(Buffer.from(long)).object('experience')?.get('title')).toHaveLength(100_000);
  });
});
