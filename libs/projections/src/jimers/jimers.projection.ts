import { TOPICS, type CatalogEvent } from '@app/catalog';
import { contribute, defineProjection, type Contribution } from '@app/engine';
import { ENGAGEMENT, forKinds } from '../shared/kinds';
import { exactTextOf, instantOf, jimerOf, textOf } from '../shared/payload';
import { Jimer } from './jimers.tables';

function seen(event: CatalogEvent): Contribution[] {
  const jimer = jimerOf(event);
  return [
    contribute(Jimer, event, {
      jimerUid: jimer['uid'] as string,
      identifyToken: exactTextOf(event, 'jimer', 'identifyToken'),
      username: textOf(jimer['username']),
      email: textOf(jimer['email']),
      createdAt: instantOf(jimer['createdAt']),
      lastActivityAt: instantOf(jimer['lastActivityAt']),
      firstEventAt: event.time,
      lastEventAt: event.time,
    }),
  ];
}

/** The directory of end users, from every event that carries one. */
export const jimers = defineProjection<CatalogEvent>({
  name: 'jimers',
  version: 1,
  topics: [TOPICS.engagement, TOPICS.feedback],
  tables: [Jimer],
  on: forKinds([...ENGAGEMENT, 'request.created'], seen),
});
