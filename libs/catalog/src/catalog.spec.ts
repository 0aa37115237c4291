import { CATALOG, definitionOf, EVENT_NAMES } from './catalog';
import { docOf, propertiesOf } from './class-metadata';
import { JimerEvent, JimoEvent } from './events/bases';
import { engagement, lifecycle } from './events/definition';
import { HintCreated } from './events/hints';
import * as objects from './objects';
import { SYSTEM_EVENTS } from './system/system-events';
import { TOPICS } from './topics';

const ofTeam = (family: string, ...changes: string[]): [string, string][] =>
  changes.map((change) => [`${family}.${change}`, 'experience user']);
const TEAM = ['created', 'published', 'deleted', 'status-changed'];

/** The vendor's list, event by event, with the objects that it gives. */
const REFERENCE: [string, string][] = [
  ...ofTeam('tour', ...TEAM),
  ['tour.started', 'experience jimer'],
  ['tour.completed', 'experience jimer'],
  ['tour.cta.clicked', 'experience jimer cta'],
  ...ofTeam('survey', ...TEAM),
  ['survey.started', 'experience jimer'],
  ['survey.completed', 'experience jimer survey'],
  ['survey.step.answered', 'experience jimer step survey answer'],
  ...ofTeam('checklist', ...TEAM),
  ['checklist.started', 'experience jimer'],
  ['checklist.completed', 'experience jimer'],
  ['checklist.dismissed', 'experience jimer'],
  ['checklist.task.completed', 'experience jimer task'],
  ['checklist.task.skipped', 'experience jimer task'],
  ...ofTeam('hint', ...TEAM),
  ['hint.seen', 'experience jimer'],
  ...ofTeam('banner', ...TEAM),
  ['banner.seen', 'experience jimer'],
  ...ofTeam('post', 'created', 'published', 'deleted'),
  ['post.liked', 'experience jimer'],
  ['post.commented', 'experience jimer comment'],
  ['post.cta.clicked', 'experience jimer cta'],
  ['request.created', 'request jimer project'],
];

describe('the catalogue', () => {
  it("has the vendor's 40 events with the objects that it lists", () => {
    expect(REFERENCE).toHaveLength(40);
    const actual = EVENT_NAMES.map((name) => [name, [...CATALOG[name].objects].sort().join(' ')]);
    const wanted = REFERENCE.map(([name, roles]) => [name, roles.split(' ').sort().join(' ')]);
    expect(actual).toEqual(expect.arrayContaining(wanted));
  });

  it('puts every event on its topic, partitioned by an object that identifies it', () => {
    for (const { name, topic, partitionBy, objects: roles } of Object.values(CATALOG)) {
      expect(roles).toContain(partitionBy);
      if (topic === TOPICS.lifecycle) expect(partitionBy).toBe('experience');
      if (topic === TOPICS.engagement) expect(partitionBy).toBe('jimer');
      expect(topic === TOPICS.feedback).toBe(name === 'request.created');
    }
  });

  it('ranks engagement < created < published < status-changed < deleted', () => {
    expect(CATALOG['tour.started'].rank).toBeLessThan(CATALOG['tour.created'].rank);
    expect(CATALOG['tour.created'].rank).toBeLessThan(CATALOG['tour.published'].rank);
    expect(CATALOG['tour.published'].rank).toBeLessThan(CATALOG['tour.status-changed'].rank);
    expect(CATALOG['tour.status-changed'].rank).toBeLessThan(CATALOG['tour.deleted'].rank);
  });

  it.each(['__proto__', 'constructor', 'toString', 'tour.created ', 'Tour.created', ''])(
    'does not know %j',
    (name) => {
      expect(definitionOf(name)).toBeUndefined();
    },
  );
});

describe('the classes of the events', () => {
  it('have no rules but of event, time and the objects that they hold', () => {
    for (const { name, type } of Object.values(CATALOG)) {
      const ruled = propertiesOf(type).filter(({ rules, holds }) => rules.length > 0 && !holds);
      expect([name, ...ruled.map((property) => property.name)]).toEqual([name, 'event', 'time']);
    }
  });

  it('ask nothing of an object but its uid, which is all that validate looks at', () => {
    for (const type of Object.values(objects)) {
      const ruled = propertiesOf(type).filter(({ rules }) => rules.length > 0);
      expect(ruled.map(({ name }) => name)).toEqual(['uid']);
    }
  });

  it('name a member by the class of its object, which is its role', () => {
    for (const { type } of Object.values(CATALOG))
      for (const { name, holds } of propertiesOf(type))
        if (holds) expect(holds.name.toLowerCase()).toBe(name === 'post' ? 'experience' : name);
  });

  it('say in a sentence of their own what happened', () => {
    for (const { name, doc } of [...Object.values(CATALOG), ...SYSTEM_EVENTS]) {
      expect([name, doc]).not.toEqual([name, docOf(JimoEvent)]);
      expect(doc).toMatch(/^[A-Z].*\.$/);
    }
  });
});

it('an entry without a meaning does not compile, nor one whose class has not what its family carries', () => {
  class HintDismissed extends JimerEvent {}
  class Bare extends JimoEvent {}
  expect(engagement('hint.dismissed', HintDismissed, 'dismissal')).toMatchObject({
    means: 'dismissal',
    objects: ['experience', 'jimer'],
    doc: 'A jimer did something with an experience.',
  });
  const wrong = (): unknown => [
    // @ts-expect-error it says nothing of what it means
    engagement('hint.dismissed', HintDismissed),
    // @ts-expect-error a team does not dismiss
    lifecycle('hint.dismissed', HintCreated, 'dismissal'),
    // @ts-expect-error it carries no jimer
    engagement('hint.dismissed', Bare, 'dismissal'),
  ];
  expect(wrong).not.toThrow();
});
