import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { acceptEvent, type Acceptance, MAX_EVENT_BYTES } from './accept';
import { CATALOG, EVENT_NAMES } from './catalog';
import { example, EXPERIENCE, OBJECTS, TIME } from './examples.fixture';

const accept = (body: unknown, now = TIME): Acceptance =>
  acceptEvent({ workspace: 'default', text: typeof body === 'string' ? body : JSON.stringify(body), now });
const acceptBytes = (bytes: Uint8Array): Acceptance =>
  acceptEvent({ workspace: 'default', bytes, now: TIME });
const problemsOf = (result: Acceptance) => [result.outcome, ...(result.problems ?? [])];
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

describe('an accepted event', () => {
  it.each(EVENT_NAMES)('%s goes to its topic, keyed by id and digest, partitioned by its uid', (name) => {
    const body = JSON.stringify(example(name));
    const result = accept(body);
    if (result.outcome !== 'accepted') throw new Error(JSON.stringify(result));
    const { topic, partitionBy } = CATALOG[name];
    expect(result.topic).toBe(topic);
    expect(result.key).toBe(result.id + createHash('sha256').update(body).digest('hex'));
    expect(result.partitionKey).toBe(OBJECTS[partitionBy].uid);
    expect(result.value.toString()).toBe(body);
    expect(result.headers).toEqual({
      ce_specversion: '1.0',
      ce_id: result.id,
      ce_type: `com.usejimo.${name}`,
      ce_source: '/jimo/workspaces/default',
      ce_time: '2025-02-21T10:29:29.000Z',
      ce_partitionkey: result.partitionKey,
      'content-type': 'application/json',
    });
  });

  it('keeps every byte but those of `time`', () => {
    const text =
      ' {"event":"tour.started" ,"\\u0074ime" : "2025-02-21T10:29:29Z", "big":9007199254740993,"e":1e999,' +
      `"nested":{"time":"x"}, "s":"\\u0000\\ud800 é","experience":${JSON.stringify(EXPERIENCE)},` +
      `"jimer":{"uid":"17DFF65E-434D-4454-BB57-A1167FEFBB6B"}}\n`;
    const result = acceptBytes(Buffer.from(text));
    if (result.outcome !== 'accepted') throw new Error(JSON.stringify(result));
    expect(result.value.toString()).toBe(text.replace('"2025-02-21T10:29:29Z"', String(TIME)));
    expect(result.partitionKey).toBe('17dff65e-434d-4454-bb57-a1167fefbb6b');
  });

  it('rewrites the last of repeated `time`s, the one that counts', () => {
    const text = JSON.stringify(example('tour.started')).replace('{', '{"time":1,') + ' ';
    expect(accept(text.replace(`"time":${TIME}`, '"time":1740133769'))).toMatchObject({
      outcome: 'accepted',
      value: Buffer.from(text),
    });
  });

  it('names the workspace in its source, whatever characters it has', () => {
    const result = acceptEvent({
      workspace: 'a/b é',
      text: JSON.stringify(example('tour.started')),
      now: TIME,
    });
    expect(result).toMatchObject({ headers: { ce_source: '/jimo/workspaces/a%2Fb%20%C3%A9' } });
  });

  it.each(EVENT_NAMES.filter((name) => name.startsWith('post.')))(
    '%s may carry `post` or `experience`',
    (name) => {
      const { post, ...rest } = example(name);
      const [asPost, asExperience] = [
        accept({ ...rest, post }),
        accept({ ...rest, experience: post, post: null }),
      ];
      expect([asPost.outcome, asExperience.outcome]).toEqual(['accepted', 'accepted']);
      expect(asPost).toHaveProperty('partitionKey', (asExperience as { partitionKey: string }).partitionKey);
      expect(asPost).toHaveProperty('id', (asExperience as { id: string }).id);
    },
  );

  it('may hold anything in the fields that identify nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...EVENT_NAMES), fc.jsonValue({ maxDepth: 5 }), (name, odd) => {
        const event = Object.entries(example(name)).map(([member, value]): [string, unknown] => {
          if (typeof value !== 'object') return [member, value];
          const object = value as Record<string, unknown>;
          const fields = Object.keys(object).map((field) => [field, field === 'uid' ? object[field] : odd]);
          return [member, { ...(Object.fromEntries(fields) as object), added: odd }];
        });
        const body = { ...Object.fromEntries(event), version: odd, added: odd };
        expect(problemsOf(accept(body))).toEqual(['accepted']);
      }),
    );
  });

  it('may have a comment without a uid and an answer without a value', () => {
    expect(accept({ ...example('post.commented'), comment: { text: 'Great' } }).outcome).toBe('accepted');
    expect(accept({ ...example('survey.step.answered'), answer: { uid: 'a' } }).outcome).toBe('accepted');
  });

  it('may be up to a day ahead of the clock', () => {
    expect(accept(example('tour.started'), TIME - 86_400_000).outcome).toBe('accepted');
  });
});

describe('a catalogued event is quarantined, with the path of each problem', () => {
  const uuidRoles = ['experience', 'post', 'user', 'jimer', 'project'];

  it.each(EVENT_NAMES)('%s, when an object is missing, is none, or has no usable uid', (name) => {
    const event = example(name);
    for (const member of Object.keys(event).filter((key) => typeof event[key] === 'object')) {
      const bad = (value: unknown) => problemsOf(accept({ ...event, [member]: value }));
      const uidRule = uuidRoles.includes(member)
        ? 'must be a UUID'
        : `must be a non-empty string of at most 200 characters${member === 'comment' ? ' if present' : ''}`;
      expect(bad(undefined)).toEqual(['quarantined', { path: member, message: 'is missing' }]);
      expect(bad(null)).toEqual(['quarantined', { path: member, message: 'is missing' }]);
      for (const none of ['text', 1, true, [], [OBJECTS.jimer]])
        expect(bad(none)).toEqual(['quarantined', { path: member, message: 'must be an object' }]);
      if (member !== 'comment')
        expect(bad({})).toEqual(['quarantined', { path: `${member}.uid`, message: 'is missing' }]);
      for (const uid of ['', 5, {}, [], [OBJECTS.jimer.uid], 'x'.repeat(201)])
        expect(bad({ uid })).toEqual(['quarantined', { path: `${member}.uid`, message: uidRule }]);
    }
  });

  it('names all of its problems, in the header too', () => {
    const result = accept({ event: 'tour.started', time: TIME, experience: { uid: 'x' } });
    const problems = [
      { path: 'experience.uid', message: 'must be a UUID' },
      { path: 'jimer', message: 'is missing' },
    ];
    expect(result).toMatchObject({ outcome: 'quarantined', topic: 'jimo.quarantine' });
    if (result.outcome !== 'quarantined') return;
    expect(new Set(result.problems)).toEqual(new Set(problems));
    expect(JSON.parse(result.headers['ce_problems']!)).toEqual(result.problems);
    expect(result.partitionKey).toBe(result.key);
  });

  it('takes a uid of 200 characters beyond the basic plane, and not of 201', () => {
    const cta = (uid: string) => accept({ ...example('tour.cta.clicked'), cta: { uid } }).outcome;
    expect(cta('🎉'.repeat(200))).toBe('accepted');
    expect(cta('🎉'.repeat(201))).toBe('quarantined');
  });

  it('when its time is more than a day ahead', () => {
    expect(problemsOf(accept(example('tour.started'), TIME - 86_400_001))).toEqual([
      'quarantined',
      { path: 'time', message: "is more than a day ahead of the gateway's clock" },
    ]);
  });

  it('when it is nested deeper than 100 levels', () => {
    const body = (levels: number) =>
      JSON.stringify(example('tour.started')).replace('{', `{"x":${nested(levels)},`);
    expect(accept(body(99)).outcome).toBe('accepted');
    expect(problemsOf(accept(body(100)))).toEqual([
      'quarantined',
      { path: '', message: 'is nested 101 levels deep; 100 are allowed' },
    ]);
  });
});

describe('an envelope with another event name', () => {
  it('is kept as unrecognized, partitioned by its key', () => {
    const result = accept({ event: 'usage.limit.reached', time: '1740133769' });
    expect(result).toMatchObject({
      outcome: 'unrecognized',
      topic: 'jimo.unrecognized',
      headers: { ce_type: 'com.usejimo.usage.limit.reached', ce_time: '2025-02-21T10:29:29.000Z' },
      value: Buffer.from(`{"event":"usage.limit.reached","time":${TIME}}`),
    });
    if (result.outcome === 'unrecognized') expect(result.partitionKey).toBe(result.key);
  });

  it.each([
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'tour.created ',
    '\u0000',
    '\ud800',
    'é'.repeat(200),
  ])('such as %j', (event) => {
    expect(accept({ event, time: TIME }).outcome).toBe('unrecognized');
  });
});

describe('what has no envelope is rejected and not stored', () => {
  it.each([
    ['nothing', ''],
    ['white space', ' \n'],
    ['half an object', '{"event":'],
    ['a byte order mark', '\ufeff{}'],
    ['two objects', '{}{}'],
    ['an array', '[]'],
    ['null', 'null'],
    ['a string', '"tour.created"'],
    ['a number', '1e999'],
    ['half of a deep nesting', '['.repeat(130_000)],
    ['a deep array', nested(130_000)],
  ])('400: %s', (_what, text) => {
    expect(accept(text)).toMatchObject({ outcome: 'rejected', status: 400, problems: [] });
  });

  it('400: bytes that are not UTF-8', () => {
    const bytes = Buffer.from(JSON.stringify(example('tour.started')));
    bytes[20] = 0xff;
    expect(acceptBytes(bytes)).toMatchObject({ outcome: 'rejected', status: 400 });
    expect(acceptBytes(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toMatchObject({ status: 400 });
  });

  it.each([
    [{}, ['event', 'time']],
    [{ event: 'tour.created' }, ['time']],
    [{ time: TIME }, ['event']],
    [{ event: '', time: TIME }, ['event']],
    [{ event: '  ', time: TIME }, ['event']],
    [{ event: 5, time: TIME }, ['event']],
    [{ event: ['tour.created'], time: TIME }, ['event']],
    [{ event: 'x'.repeat(201), time: TIME }, ['event']],
    [{ event: 'tour.created', time: '2025-02-30T00:00:00Z' }, ['time']],
    [{ event: 'tour.created', time: null }, ['time']],
  ])('422: %j', (body, paths) => {
    const result = accept(body);
    expect(result).toMatchObject({ outcome: 'rejected', status: 422 });
    expect(result.problems?.map(({ path }) => path)).toEqual(paths);
  });

  it('413: more than 256 KiB, counted in bytes', () => {
    const sized = (bytes: number) => {
      const body = JSON.stringify({ event: 'x', time: TIME, pad: '' });
      return body.replace(
        '"pad":""',
        `"pad":"${'é'.repeat((bytes - body.length) / 2)}${bytes % 2 ? '' : 'x'}"`,
      );
    };
    const [fits, over] = [sized(MAX_EVENT_BYTES), sized(MAX_EVENT_BYTES) + ' '];
    expect(Buffer.byteLength(fits)).toBe(MAX_EVENT_BYTES);
    expect(accept(fits).outcome).toBe('unrecognized');
    expect(accept(over)).toMatchObject({ outcome: 'rejected', status: 413 });
    expect(acceptBytes(Buffer.from(over))).toMatchObject({ outcome: 'rejected', status: 413 });
  });
});

describe('acceptEvent', () => {
  it('throws for no input', () => {
    const hostile = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          event: fc.oneof(fc.constantFrom(...EVENT_NAMES), fc.string(), fc.jsonValue()),
          time: fc.oneof(fc.constant(TIME), fc.jsonValue()),
          ...Object.fromEntries(
            [
              'experience',
              'post',
              'jimer',
              'user',
              'answer',
              'comment',
              '__proto__',
              'constructor',
              'toJSON',
              'then',
            ].map((name) => [
              name,
              fc.oneof(
                fc.jsonValue(),
                fc.record({ uid: fc.oneof(fc.uuid(), fc.jsonValue()), value: fc.jsonValue() }),
              ),
            ]),
          ),
        },
        { requiredKeys: ['event', 'time'] },
      ),
    );
    fc.assert(
      fc.property(hostile, (body) => {
        expect(accept(JSON.stringify(body))).toHaveProperty('outcome');
      }),
      { numRuns: 1000 },
    );
  });

  it('throws for no bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(acceptBytes(bytes)).toHaveProperty('outcome', 'rejected');
      }),
    );
  });

  it.each([
    '{"__proto__":{"uid":"x"},"event":"tour.started","time":1740133769}',
    '{"event":"tour.started","time":1740133769,"experience":{"__proto__":{"uid":"0814ae77-568d-41c0-912a-0b4c63dc03ff"}},"jimer":{}}',
    '{"event":"tour.started","time":1740133769,"constructor":{"prototype":{"x":1}},"experience":1e999,"jimer":-0}',
  ])('is not taken in by %s', (text) => {
    expect(accept(text).outcome).toBe('quarantined');
    expect({}).not.toHaveProperty('uid');
  });

  it('takes a title of a quarter of a million characters within milliseconds', () => {
    const event = { ...example('tour.started'), experience: { ...EXPERIENCE, title: 'x'.repeat(250_000) } };
    expect(accept(event).outcome).toBe('accepted');
  });
});
