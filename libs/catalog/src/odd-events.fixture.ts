import fc from 'fast-check';
import { CATALOG, EVENT_NAMES } from './catalog';
import { OBJECTS, TIME } from './examples.fixture';

/** For specs: JSON text of events, as a sender could write them and as none should. */

const space = fc.stringMatching(/^[ \n\r\t]{0,2}$/);

/** JSON texts that JSON.stringify would not write, or that lose something when they are parsed. */
const exotic = fc.constantFrom(
  '9007199254740993',
  '-9007199254740993.0',
  '1e999',
  '1E+2',
  '-0',
  '"\\ud800"',
  '"\\u0000 \\ud83d\\ude00"',
  '{"\\udc00":1,"__proto__":{"uid":"x"}}',
  '["\\\\","\\"time\\":1",{"time":2}]',
);
const json = (depth = 4) => fc.json({ maxDepth: depth });
const value = fc.oneof(
  json(),
  exotic,
  fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
);

const uid = fc.oneof(
  { arbitrary: fc.uuid().map((text) => JSON.stringify(text)), weight: 4 },
  fc.uuid().map((text) => JSON.stringify(text.toUpperCase())),
  fc.constantFrom(
    '""',
    '"\\ud800"',
    '"é\\n"',
    JSON.stringify('🎉'.repeat(200)),
    JSON.stringify('x'.repeat(201)),
  ),
  value,
);

/** Members that are written with escapes are rare: only parsing tells their names. */
const nameOf = (name: string) =>
  fc.oneof(
    { arbitrary: fc.constant(JSON.stringify(name)), weight: 20 },
    fc.constant(`"\\u${name.charCodeAt(0).toString(16).padStart(4, '0')}${name.slice(1)}"`),
  );

function objectOf(members: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<string> {
  const texts = Object.entries(members).map(([name, text]) =>
    fc.tuple(nameOf(name), text, space, space).map(([key, item, a, b]) => `${a}${key}${b}:${a}${item}${b}`),
  );
  const all = fc.tuple(...texts).chain((parts) => fc.shuffledSubarray(parts, { minLength: parts.length }));
  return fc
    .oneof(
      { arbitrary: all, weight: 6 },
      // Some left out, or one twice.
      fc.tuple(...texts).chain((parts) => fc.shuffledSubarray(parts)),
      all.map((parts) => [...parts, parts[0]!]),
    )
    .map((parts) => `{${parts.join(',')}}`);
}

const object = (role: keyof typeof OBJECTS) =>
  fc.oneof(
    { arbitrary: fc.constant(JSON.stringify(OBJECTS[role])), weight: 4 },
    { arbitrary: objectOf({ uid, value, title: value }), weight: 4 },
    value,
  );

const time = fc.oneof(
  {
    arbitrary: fc.constantFrom(String(TIME), String(TIME / 1000), `"${TIME}"`, '"2025-02-21T10:29:29Z"'),
    weight: 6,
  },
  fc.constantFrom('1740133769e03', '1.740133769e12', '"\\u0031740133769"', String(TIME + 86_400_001)),
  value,
);

const names = fc.oneof(
  { arbitrary: fc.constantFrom<string>(...EVENT_NAMES), weight: 8 },
  fc.string({ unit: 'binary' }),
);

export const eventTexts: fc.Arbitrary<string> = names.chain((name) => {
  const roles = Object.hasOwn(CATALOG, name) ? CATALOG[name as keyof typeof CATALOG].objects : [];
  const members = Object.fromEntries(
    [...roles, ...(name.startsWith('post.') ? (['post'] as const) : [])].map((role) => [
      role,
      object(role === 'post' ? 'experience' : role),
    ]),
  );
  return objectOf({ event: fc.constant(JSON.stringify(name)), time, ...members, added: value });
});

/** Mostly events, and other JSON. */
export const elementTexts: fc.Arbitrary<string> = fc.oneof({ arbitrary: eventTexts, weight: 20 }, value);

export { space };
