import { TOPICS, type CatalogEvent } from '@app/catalog';
import { contribute, defineProjection } from '@app/engine';
import { jimerOf, objectOf, textOf } from '../shared/payload';
import { FeedbackItem } from './feedback.tables';

/** Submitted feedback as a backlog. */
export const feedback = defineProjection<CatalogEvent>({
  name: 'feedback',
  version: 1,
  topics: [TOPICS.feedback],
  tables: [FeedbackItem],
  on: {
    'request.created': (event) => {
      const request = objectOf(event.payload['request']) ?? {};
      const project = objectOf(event.payload['project']);
      return [
        contribute(FeedbackItem, event, {
          requestUid: request['uid'] as string,
          request: event.raw('request'),
          jimer: event.raw('jimer'),
          jimerUid: jimerOf(event)['uid'] as string,
          project: event.raw('project'),
          projectUid: project?.['uid'] as string | undefined,
          projectName: textOf(project?.['name']),
          createdAt: event.time,
        }),
      ];
    },
  },
});
