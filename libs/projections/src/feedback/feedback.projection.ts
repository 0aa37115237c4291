import {
  BACKLOG_ITEM_TRIAGED,
  readBacklogItemTriaged,
  TOPICS,
  type CatalogEvent,
  type TriagedItem,
} from '@app/catalog';
import { contribute, defineProjection, type Contribution } from '@app/engine';
import { jimerOf, objectOf, textOf } from '../shared/payload';
import { laneOf, UNTRIAGED } from './feedback.item';
import { FeedbackChange, FeedbackCounts, FeedbackItem, FeedbackTagCounts } from './feedback.tables';

/** What an item is before anybody triages it. */
const FIRST_VERSION = 1;

function created(event: CatalogEvent): readonly Contribution[] {
  const project = objectOf(event, 'project');
  const requestUid = objectOf(event, 'request').get('uid') as string;
  return [
    contribute(FeedbackItem, event, {
      requestUid,
      request: event.raw('request'),
      jimer: event.raw('jimer'),
      jimerUid: jimerOf(event).get('uid') as string,
      project: event.raw('project'),
      projectUid: project.get('uid') as string | undefined,
      projectName: textOf(project.get('name')),
      createdAt: event.time,
    }),
    versioned(event, requestUid, FIRST_VERSION, UNTRIAGED),
  ];
}

function triaged(event: CatalogEvent): readonly Contribution[] {
  const { request, version, item, by, actor } = readBacklogItemTriaged(event);
  return [
    versioned(event, request.uid, version, item),
    contribute(FeedbackChange, event, {
      ...standingOf(item),
      requestUid: request.uid,
      version,
      changedAt: event.time,
      changedBy: by,
      actor,
    }),
  ];
}

/** The version is the rank: it decides before any clock. */
function versioned(
  event: CatalogEvent,
  requestUid: string,
  version: number,
  item: TriagedItem,
): Contribution {
  return contribute(
    FeedbackItem,
    event,
    { ...standingOf(item), requestUid, version, lane: laneOf(item) },
    version,
  );
}

function standingOf({ status, tags, assignee, note, mergedInto }: TriagedItem) {
  return { status, tags: JSON.stringify(tags), assignee, note, mergedInto };
}

/** Submitted feedback as a backlog. */
export const feedback = defineProjection<CatalogEvent>({
  name: 'feedback',
  version: 2,
  topics: [TOPICS.feedback],
  tables: [FeedbackItem, FeedbackChange, FeedbackCounts, FeedbackTagCounts],
  on: {
    'request.created': created,
    // A webhook may send any name.
    [BACKLOG_ITEM_TRIAGED]: (event) => (event.origin === 'own' ? triaged(event) : []),
  },
});
