import { getMetadataStorage } from 'class-validator';
import { CATALOG, definitionOf, EVENT_NAMES } from './catalog';
import * as objects from './objects';
import { TOPICS } from './topics';

const lifecycle = (family: string, ...changes: string[]): [string, string][] =>
  changes.map((change) => [`${family}.${change}`, 'experience user']);
const TEAM = ['created', 'published', 'deleted', 'status-changed'];

/** The vendor's list, event by event, with the objects that it gives. */
const REFERENCE: [string, string][] = [
  ...lifecycle('tour', ...TEAM),
  ['tour.started', 'experience jimer'],
  ['tour.completed', 'experience jimer'],
  ['tour.cta.clicked', 'experience jimer cta'],
  ...lifecycle('survey', ...TEAM),
  ['survey.started', 'experience jimer'],
  ['survey.completed', 'experience jimer survey'],
  ['survey.step.answered', 'experience jimer step survey answer'],
  ...lifecycle('checklist', ...TEAM),
  ['checklist.started', 'experience jimer'],
  ['checklist.completed', 'experience jimer'],
  ['checklist.dismissed', 'experience jimer'],
  ['checklist.task.completed', 'experience jimer task'],
  ['checklist.task.skipped', 'experience jimer task'],
  ...lifecycle('hint', ...TEAM),
  ['hint.seen', 'experience jimer'],
  ...lifecycle('banner', ...TEAM),
  ['banner.seen', 'experience jimer'],
  ...lifecycle('post', 'created', 'published', 'deleted'),
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
    expect(actual.sort()).toEqual(wanted.sort());
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
  const ruled = (type: new () => object): string[] => {
    const storage = getMetadataStorage();
    const metadata = storage.getTargetValidationMetadatas(type, '', true, false);
    return [...new Set(metadata.map(({ propertyName }) => propertyName))].sort();
  };

  it('have a rule for every object that the catalogue lists, and for no other', () => {
    for (const { name, type, objects: roles } of Object.values(CATALOG)) {
      const members = name.startsWith('post.') ? [...roles, 'post'] : roles;
      expect([name, ...ruled(type)]).toEqual([name, ...['event', 'time', ...members].sort()]);
    }
  });

  it('ask nothing of an object but its uid, which is all that validate looks at', () => {
    for (const type of Object.values(objects)) expect(ruled(type)).toEqual(['uid']);
  });
});
