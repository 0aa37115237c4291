import { ENGAGEMENT, TOPICS, type CatalogEvent } from '@app/catalog';
import { contribute, type Contribution } from '@app/engine';
import { identityOf } from '../shared/identity';
import { catalogProjection } from '../shared/catalog-projection';
import { forKinds, forMeaning } from '../shared/kinds';
import { exactTextOf, jimerOf, textOf } from '../shared/payload';
import { instantOf } from '../shared/times';
import { Jimer } from './jimers.tables';

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

/** The directory of end users, from every event that carries one. */
export const jimers = catalogProjection({
  name: 'jimers',
  version: 4,
  topics: [TOPICS.engagement, TOPICS.feedback],
  tables: [Jimer],
  on: { ...forKinds(ENGAGEMENT, seen), ...forMeaning('submission', seen) },
});
