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
      const request = objectOf(event, 'request');
      const project = objectOf(event, 'project');
      return [
        contribute(FeedbackItem, event, {
          requestUid: request.get('uid') as string,
          request: event.raw('request'),
          jimer: event.raw('jimer'),
          jimerUid: jimerOf(event).get('uid') as string,
          project: event.raw('project'),
          projectUid: project.get('uid') as string | undefined,
          projectName: textOf(project.get('name')),
          createdAt: event.time,
        }),
      ];
    },
  },
});
