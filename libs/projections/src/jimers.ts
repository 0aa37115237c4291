import { ENGAGEMENT, TOPICS, type CatalogEvent } from '@app/catalog';
import {
  contains,
  contribute,
  earliest,
  equals,
  equalsInAnyCase,
  greatest,
  instant,
  latest,
  readModel,
  text,
  uuid,
  type Contribution,
} from '@app/engine';
import { catalogProjection, forKinds, forMeaning } from './shared/catalog-projection';
import { identityOf, LONGEST_TOKEN } from './shared/identity';
import { exactTextOf, jimerOf, textOf } from './shared/payload';
import { foldedStart } from './shared/text';
import { instantOf } from './shared/times';

const TOKEN_START = 'left(identify_token, 200)';

export const Jimer = readModel(
  'jimer',
  'End users, as the newest event that carried each of them shows them.',
  {
    key: { jimerUid: uuid("Jimo's uid of the end user.").as('uid') },
    columns: {
      profile: latest({
        identifyToken: text(
          "The customer's own id of the user; null for anonymous, and for placeholders that many share, such as undefined, null or 0.",
        ),
        username: text('Name.'),
        email: text('E-mail address; null for placeholders.'),
        createdAt: instant('When Jimo first knew the user.'),
        lastActivityAt: instant("When the user was last active, as the newest event's snapshot says."),
      }),
      firstEventAt: earliest(instant('Time of the first event that carried the user.').required()),
      lastEventAt: greatest(instant('Time of the newest event that carried the user.').required()),
    },
    person: 'jimerUid',
    // Long text is never indexed whole: look-ups compare the first 200 characters, then the rest.
    indexes: [[TOKEN_START], [foldedStart('email')]],
    api: {
      path: 'jimers',
      item: 'jimer',
      list: 'End users',
      filters: {
        identifyToken: equals(
          'identifyToken',
          "The customer's own id of the user, exactly. A placeholder, such as `undefined`, finds nobody.",
          { index: TOKEN_START, longest: LONGEST_TOKEN },
        ),
        email: equalsInAnyCase('email', 'The whole address, in any letter case.', {
          ...{ index: foldedStart('email'), longest: LONGEST_TOKEN },
        }),
        q: contains(
          ['username', 'email', 'identifyToken'],
          'A part of username, email or identifyToken, in any letter case.',
          { longest: LONGEST_TOKEN },
        ),
      },
    },
  },
);

function seen(event: CatalogEvent): Contribution[] {
  const jimer = jimerOf(event);
  return [
    contribute(Jimer, event, {
      jimerUid: jimer.get('uid') as string,
      // A placeholder that many visitors share is nobody's: they are anonymous.
      identifyToken: identityOf(exactTextOf(jimer, 'identifyToken')),
      username: textOf(jimer.get('username')),
      email: identityOf(textOf(jimer.get('email'))),
      createdAt: instantOf(jimer.get('createdAt')),
      lastActivityAt: instantOf(jimer.get('lastActivityAt')),
      firstEventAt: event.time,
      lastEventAt: event.time,
    }),
  ];
}

/**
 * The directory of end users, from every event that carries one. It is as much work as the journeys, so it goes with the
 * experiences, which read the same topic and write few rows.
 */
export const jimers = catalogProjection({
  name: 'jimers',
  about: 'Profiles of your users',
  app: 'experience-projector',
  version: 4,
  topics: [TOPICS.engagement, TOPICS.feedback],
  tables: [Jimer],
  on: { ...forKinds(ENGAGEMENT, seen), ...forMeaning('submission', seen) },
});
