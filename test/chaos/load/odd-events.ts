import type { Random } from '../random';

/** What the gateway must answer for an event. */
export type Expected = 'accepted' | 'quarantined' | 'unrecognized' | 'rejected';

interface Odd {
  readonly body: string;
  readonly expected: Expected;
}

interface Near {
  readonly jimerUid: string;
  readonly experienceUid: string;
}

const START = Date.parse('2025-01-06T08:00:00.000Z');
const DAY = 86_400_000;
/** JSON text, escapes and all: a NUL, a lone surrogate, both around a real pair. */
const HOSTILE_TEXTS = [
  '"nul \\u0000 inside"',
  '"lone \\ud83d surrogate"',
  '"\\udc00\\u0000\\ud83c\\udf89"',
  '"\\uffff after \\ud83d\\ude00"',
  '"\\"quoted\\" \\\\ and \\u2028"',
];
const HUGE_NUMBERS = ['12345678901234567890', '9007199254740993', '1e400', '-0.1e-400', '1.0'];

/** One of the events that are no clean webhook; now and then two that belong together. */
export function oddEvent(random: Random, near: Near): Odd[] {
  return random.pick(KINDS)(random, near);
}

/** Whole seconds in the generator's month, so that ties with its events occur. */
function someTime(random: Random): number {
  return START + random.between(0, 30 * 86_400) * 1000;
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const text = (random: Random): string => random.pick(HOSTILE_TEXTS);
const accepted = (body: string): Odd => ({ body, expected: 'accepted' });

function event(name: string, time: number | string, members: Readonly<Record<string, string>>): string {
  const all = Object.entries(members).map(([member, json]) => `,"${member}":${json}`);
  return `{"event":"${name}","version":"0","time":${time}${all.join('')}}`;
}

const uidOnly = (uid: string): string => `{"uid":"${uid}"}`;

/** Fields of types that nobody expects; only uids are validated, so all of it is accepted. */
function oddFields(random: Random, { jimerUid, experienceUid }: Near): Odd[] {
  const odd = (): string =>
    random.pick([
      ...[text(random), '12.50', 'true', '{"a":1}', '["b"]', 'null', '""', '"plain"'],
      // What many share and so is nobody's, and an accent of its own.
      ...['" Undefined\\n"', '"[object Object]"', `"'null'"`, '"cafe\\u0301"'],
    ]);
  const time = (): string =>
    random.pick([
      '"2025-02-03T11:50:01"',
      ...['"soon"', '"1"', '""', '"2025-02-03"', '"2025-02-03 11:50:01 UTC"', '"2025-02-30T00:00:00Z"'],
      ...[
        '1738583401000',
        '1738583401',
        '1738583401.25',
        '"1738583401"',
        '"1738583401000"',
        '1738583401000000',
      ],
      ...['0', '"0"', '"0000-00-00 00:00:00"', '"0001-01-01T00:00:00Z"', '"1970-01-01T00:00:00.000Z"'],
      '"2025-02-03T11:50:01+02:00"',
      'false',
      '1e300',
    ]);
  const experience =
    `{"uid":"${experienceUid}","title":${odd()},"type":${random.pick(['"TOUR"', '7', '""', 'null', text(random)])},` +
    `"state":${odd()},"isDraft":${random.pick(['"yes"', 'null', 'true', '0'])},"createdAt":${time()},` +
    `"publishedAt":${time()},"expiresAt":${time()},"triggerType":${odd()},"recurrencyType":${odd()},` +
    `"recurrencyValue":${random.pick(['7', '"7"', '{"every":[1,2]}', 'null', text(random)])},` +
    `"tags":${random.pick(['"none"', '[{"uid":1},null]', 'null', `[{"name":${text(random)}}]`, '[]'])}}`;
  const jimer =
    `{"uid":"${jimerUid}","identifyToken":${random.pick([...HUGE_NUMBERS, odd()])},"username":${odd()},` +
    `"email":${odd()},"createdAt":${time()},"lastActivityAt":${time()}}`;
  const name = random.pick(['tour.started', 'tour.completed', 'hint.seen', 'checklist.dismissed']);
  return [accepted(event(name, someTime(random), { experience, jimer }))];
}

/** Nothing but the uids, in capitals: the same people and experiences. */
function bare(random: Random, { jimerUid, experienceUid }: Near): Odd[] {
  const members = {
    experience: uidOnly(experienceUid.toUpperCase()),
    jimer: uidOnly(jimerUid.toUpperCase()),
  };
  return [
    accepted(event(random.pick(['banner.seen', 'post.liked', 'survey.started']), someTime(random), members)),
  ];
}

function oddAnswer(random: Random, { jimerUid, experienceUid }: Near): Odd[] {
  const step =
    `{"uid":${random.pick(['"step 1"', text(random), `"${'🎉'.repeat(200)}"`])},"name":${text(random)},` +
    `"indexOrder":${random.pick(['0', '1.5', '"1"', '12345678901234567890'])},` +
    // Free text alone takes a number that no double holds; a list or an object may have any.
    `"type":${random.pick(['"TEXT_LONG"', '"INTERVIEW"'])}}`;
  const closed = step.replace(
    /"type":"[A-Z_]+"/,
    `"type":${random.pick(['"MULTIPLE_CHOICE_SINGLE_SELECT"', 'null', '"NPS"'])}`,
  );
  const [asked, value] = random.pick([
    [step, random.pick([...HUGE_NUMBERS, `{"n":${random.pick(HUGE_NUMBERS)}}`, nested(60), text(random)])],
    [
      closed,
      random.pick([
        text(random),
        `[${text(random)},"b"]`,
        `["b",[${text(random)},"b",null],{"z":"e\\u0301","a":[true]}]`,
        `["${'long, '.repeat(250)}","b","e\\u0301","\\u00e9"]`,
        '[]',
        `"${'x'.repeat(300)}"`,
        `"${'x'.repeat(3_000)}"`,
        'null',
        'true',
        '{"c":1}',
        '" 9 "',
        '"9"',
        '9',
      ]),
    ],
  ]);
  const members = {
    experience: uidOnly(experienceUid),
    jimer: uidOnly(jimerUid),
    step: asked,
    survey: `{"uid":${random.pick(['"response 1"', text(random)])}}`,
    answer: `{"uid":${text(random)},"value":${value}}`,
  };
  return [accepted(event('survey.step.answered', someTime(random), members))];
}

function oddRequest(random: Random, { jimerUid }: Near): Odd[] {
  const request =
    `{ "uid":${random.pick([text(random), `"${random.uuid()}"`])},"title":${text(random)},"title":"the last counts",` +
    `"__proto__":{"polluted":true},"2":"b","1":"a",${text(random)}:${random.pick(HUGE_NUMBERS)},"deep":${nested(80)} }`;
  const members = {
    request,
    jimer: `{"uid":"${jimerUid}","username":${text(random)}}`,
    project: `{"uid":"${random.uuid()}","name":${random.pick([text(random), '1', 'null'])}}`,
  };
  return [accepted(event('request.created', someTime(random), members))];
}

/** One occurrence, two contents: the same time, rank and id, so that only the content can decide. */
function tie(random: Random, { jimerUid, experienceUid }: Near): Odd[] {
  const time = someTime(random);
  // UTF-16 and UTF-8 order these differently.
  return random
    .shuffled(['"\\uffee"', '"\\ud83d\\ude00"', '"a"', 'null', '7'])
    .slice(0, 3)
    .map((title) =>
      accepted(
        event('tour.completed', time, {
          experience: `{"uid":"${experienceUid}","title":${title},"state":${random.pick(['"LIVE"', '"PAUSED"'])}}`,
          jimer: `{"uid":"${jimerUid}","email":${title}}`,
        }),
      ),
    );
}

/** In one second, by the same user: created, published, paused and deleted; one of a kind that is cut short. */
function lifeInASecond(random: Random): Odd[] {
  const time = someTime(random);
  const uid = random.uuid();
  const user = `{"uid":"${random.uuid()}","email":"team@customer.example","lastName":${text(random)}}`;
  const states: readonly (readonly [string, string])[] = [
    ['tour.created', '"state":"LIVE","isDraft":true'],
    ['tour.published', '"state":"LIVE","isDraft":false'],
    ['tour.status-changed', '"state":"PAUSED","isDraft":false'],
    ['tour.deleted', '"state":"PAUSED"'],
  ];
  return random
    .shuffled(states)
    .slice(0, random.between(2, 4))
    .map(([name, state]) =>
      accepted(event(name, time, { experience: `{"uid":"${uid}","title":"Short life",${state}}`, user })),
    );
}

function oddTask(random: Random, { jimerUid, experienceUid }: Near): Odd[] {
  const time = someTime(random);
  const task = `{"uid":${random.pick(['"task 1"', text(random)])},"name":${text(random)}}`;
  const members = { experience: uidOnly(experienceUid), jimer: uidOnly(jimerUid), task };
  return random
    .shuffled(['checklist.task.completed', 'checklist.task.skipped'])
    .map((name) => accepted(event(name, time, members)));
}

function oddComment(random: Random, { jimerUid, experienceUid }: Near): Odd[] {
  const comment = random.pick([`{"text":${text(random)}}`, '{"uid":null}', '{}']);
  const members = { experience: uidOnly(experienceUid), jimer: uidOnly(jimerUid), comment };
  return [accepted(event('post.commented', someTime(random), members))];
}

function invalid(random: Random, { jimerUid, experienceUid }: Near): Odd[] {
  const jimer = uidOnly(jimerUid);
  const experience = uidOnly(experienceUid);
  const time = someTime(random);
  const ahead = Date.now() + random.between(3, 400) * DAY;
  const body = random.pick([
    event('tour.started', time, { experience: '{"uid":"not a uuid"}', jimer }),
    event('tour.started', time, { experience }),
    event('tour.created', time, { experience, user: text(random) }),
    event('checklist.task.skipped', time, { experience, jimer, task: `{"uid":"${'x'.repeat(201)}"}` }),
    event('tour.completed', ahead, { experience, jimer }),
    event('hint.seen', time, { experience, jimer, more: nested(random.pick([120, 150, 300])) }),
    event('post.deleted', time, { post: '[]', user: uidOnly(random.uuid()), note: text(random) }),
  ]);
  return [{ body, expected: 'quarantined' }];
}

function unrecognized(random: Random, { jimerUid }: Near): Odd[] {
  const name = random.pick(['tour.exploded', 'post.status-changed', 'Tour.started', 'a \\u0000 name']);
  const body = event(name, someTime(random), {
    jimer: uidOnly(jimerUid),
    [random.pick(['more', '__proto__', 'a\\u0000b'])]: random.pick([
      text(random),
      nested(random.pick([50, 150, 300])),
      `{"n":${random.pick(HUGE_NUMBERS)}}`,
      '{ "spaced" : [ 1 , 2 ] }',
    ]),
  });
  return [{ body, expected: 'unrecognized' }];
}

function noEvent(random: Random): Odd[] {
  const body = random.pick([
    '[]',
    '{"event":"tour.started"}',
    '{"event":"","time":1740125703}',
    '"text"',
    '7',
  ]);
  return [{ body, expected: 'rejected' }];
}

const KINDS: readonly ((random: Random, near: Near) => Odd[])[] = [
  oddFields,
  oddFields,
  bare,
  oddAnswer,
  oddAnswer,
  oddRequest,
  tie,
  lifeInASecond,
  oddTask,
  oddComment,
  invalid,
  invalid,
  unrecognized,
  noEvent,
];
