import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { v5 } from 'uuid';
import { acceptEvent } from './accept';
import { CATALOG, definitionOf, EVENT_NAMES } from './catalog';
import { EVENT_ID_NAMESPACE, EVENT_ID_RULE_VERSION } from './event-id';
import type { Role } from './events/definition';
import { example, OBJECTS, TIME } from './examples.fixture';
import { eventTexts } from './odd-events.fixture';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Vectors {
  readonly rule: number;
  readonly namespace: string;
  readonly vectors: readonly {
    group: string;
    name: string;
    workspace: string;
    body: string;
    outcome: string;
    id: string;
  }[];
}

const file = JSON.parse(readFileSync(join(__dirname, 'event-id.vectors.json'), 'utf8')) as Vectors;

const idOf = (text: string, workspace = 'default'): string => {
  const result = acceptEvent({ workspace, text, now: TIME });
  if (result.outcome === 'rejected') throw new Error(result.detail);
  return result.id;
};

describe('event id', () => {
  it('has vectors of this version of the rule', () => {
    expect([file.rule, file.namespace]).toEqual([EVENT_ID_RULE_VERSION, EVENT_ID_NAMESPACE]);
  });

  it.each(file.vectors)('$group: $name', ({ workspace, body, outcome, id }) => {
    expect(acceptEvent({ workspace, text: body, now: TIME })).toMatchObject({ outcome, id });
  });

  it('is the same within a group of vectors and differs between groups', () => {
    const groups = Map.groupBy(file.vectors, ({ group }) => group);
    const ids = [...groups.values()].map((vectors) => new Set(vectors.map(({ id }) => id)));
    for (const set of ids) expect(set.size).toBe(1);
    expect(new Set(file.vectors.map(({ id }) => id)).size).toBe(groups.size);
  });

  it('is UUIDv5 over the canonical JSON of event, objects, time and workspace', () => {
    const name =
      '{"event":"survey.step.answered","objects":{"answer":{"uid":"answer-1","value":9},' +
      '"experience":"0814ae77-568d-41c0-912a-0b4c63dc03ff","jimer":"17dff65e-434d-4454-bb57-a1167fefbb6b",' +
      '"step":"step-1","survey":"response-1"},"time":1740133769000,"workspace":"default"}';
    const namespace = Buffer.from(EVENT_ID_NAMESPACE.replaceAll('-', ''), 'hex');
    const hash = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16);
    hash[6] = (hash[6]! & 0x0f) | 0x50;
    hash[8] = (hash[8]! & 0x3f) | 0x80;
    const uuid = hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    expect(idOf(JSON.stringify(example('survey.step.answered')))).toBe(uuid);
  });

  it('is that for objects of any form, by the packages that others would use', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(eventTexts, fc.string({ unit: 'binary', minLength: 1 }), (text, workspace) => {
        const result = acceptEvent({ workspace, text, now: TIME });
        if (result.outcome === 'rejected') return;
        seen.add(result.outcome);
        expect(result.id).toBe(idByPackages(text, workspace, timeIn(result.value)));
      }),
      { numRuns: 3_000 },
    );
    expect(seen).toEqual(new Set(['accepted', 'quarantined', 'unrecognized']));
  });

  it('does not change with a field that the catalogue does not list, whose bytes are kept', () => {
    const names = fc
      .string()
      .filter((name) => !['event', 'time', 'experience', 'post', ...Object.keys(OBJECTS)].includes(name));
    fc.assert(
      fc.property(fc.constantFrom(...EVENT_NAMES), names, fc.json({ maxDepth: 8 }), (event, field, json) => {
        const plain = JSON.stringify(example(event));
        const text = `{${JSON.stringify(field)}:${json},${plain.slice(1)}`;
        const result = acceptEvent({ workspace: 'default', text, now: TIME });
        if (result.outcome === 'rejected') throw new Error(result.detail);
        expect(result.id).toBe(idOf(plain));
        expect(result.value.toString()).toBe(text);
      }),
    );
  });

  it('does not change with the order of keys, white space, the form of time or the snapshots', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...EVENT_NAMES),
        fc.integer(),
        fc.constantFrom<unknown>(
          TIME,
          TIME / 1000,
          String(TIME),
          String(TIME / 1000),
          '2025-02-21T10:29:29.000+00:00',
        ),
        fc.constantFrom(0, 1, '\t'),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (event, seed, time, indent, snapshot) => {
          const original = example(event);
          const changed = Object.entries({ ...original, time }).map(([name, value]): [string, unknown] =>
            name === 'answer' || typeof value !== 'object'
              ? [name, value]
              : [name, { ...snapshot, ...shuffled(value as object, seed), title: 'later' }],
          );
          const text = JSON.stringify(shuffled(Object.fromEntries(changed), seed), null, indent);
          expect(idOf(text)).toBe(idOf(JSON.stringify(original)));
        },
      ),
    );
  });

  it('differs with each object that the catalogue lists, the time and the workspace', () => {
    for (const event of EVENT_NAMES) {
      const original = example(event);
      const ids = new Set([
        idOf(JSON.stringify(original)),
        idOf(JSON.stringify(original), 'other'),
        idOf(JSON.stringify({ ...original, time: TIME + 1 })),
        ...Object.keys(original)
          .filter((name) => typeof original[name] === 'object')
          .map((name) =>
            idOf(
              JSON.stringify({
                ...original,
                [name]: { uid: '00000000-0000-4000-8000-000000000001', value: 9 },
              }),
            ),
          ),
      ]);
      expect(ids.size).toBe(3 + CATALOG[event].objects.length);
    }
  });

  it('tells apart any two answers', () => {
    const answered = (value: unknown) =>
      idOf(JSON.stringify({ ...example('survey.step.answered'), answer: { uid: 'a', value } }));
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        expect(answered(one) === answered(other)).toBe(sorted(one) === sorted(other));
      }),
    );
  });
});

const timeIn = (value: Buffer): number => (JSON.parse(value.toString()) as { time: number }).time;

/** The rule, step by step as it is written down. */
function idByPackages(text: string, workspace: string, time: number): string {
  const payload = JSON.parse(text) as Record<string, unknown>;
  const exact = iJson(text) as Record<string, unknown>;
  const definition = definitionOf(payload['event'] as string);
  const identities = (roles: readonly Role[]) =>
    Object.fromEntries(roles.map((role) => [role, identityIn(payload, exact, role)]));
  const named = definition
    ? { event: definition.name, objects: identities(definition.objects), time }
    : { payload: { ...exact, time } };
  const name = canonicalize({ ...named, workspace: iJson(JSON.stringify(workspace)) })!;
  return v5(Buffer.from(name), EVENT_ID_NAMESPACE);
}

/** @param exact the payload with its numbers and texts as canonical JSON takes them */
function identityIn(
  payload: Readonly<Record<string, unknown>>,
  exact: Readonly<Record<string, unknown>>,
  role: Role,
): unknown {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const { experience, post } = payload;
  const isPost = !isObject(experience) && (isObject(post) || (experience ?? null) === null);
  const member = role === 'experience' && isPost ? 'post' : role;
  const [value, whole] = [payload[member], exact[member] as Record<string, unknown>];
  if (!isObject(value) || typeof value['uid'] !== 'string' || value['uid'] === '') return whole ?? null;
  const uid = UUID.test(value['uid']) ? value['uid'].toLowerCase() : whole['uid'];
  return role === 'answer' ? { uid, value: whole['value'] ?? null } : uid;
}

/** Numbers that a double cannot hold as text, and lone surrogates as the text of their escape. */
function iJson(text: string): unknown {
  const escaped = (part: string) =>
    part.replace(/\p{Surrogate}/gu, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`);
  const parse = JSON.parse as (source: string, reviver: (...args: never[]) => unknown) => unknown;
  return parse(text, (_name: string, value: unknown, { source }: { source?: string }) => {
    if (typeof value === 'string') return escaped(value);
    if (typeof value === 'number')
      return Number.isSafeInteger(value) || (Number.isFinite(value) && !/^-?\d+$/.test(source!))
        ? value
        : source;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [escaped(name), member as unknown]),
    );
  });
}

function shuffled(object: object, seed: number): Record<string, unknown> {
  const rank = ([name]: [string, unknown]) =>
    createHash('md5')
      .update(name + seed)
      .digest('hex');
  return Object.fromEntries(Object.entries(object).sort((a, b) => (rank(a) < rank(b) ? -1 : 1)));
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_name, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
