import {
  BACKLOG_ITEM_TRIAGED,
  readBacklogItemTriaged,
  TOPICS,
  type CatalogEvent,
  type TriagedItem,
} from '@app/catalog';
import { contribute, type Contribution } from '@app/engine';
import { canonicalText } from '../shared/canonical-text';
import { catalogProjection } from '../shared/catalog-projection';
import { jimerOf, objectOf, textOf } from '../shared/payload';
import { laneOf, UNTRIAGED } from './feedback.item';
import { FeedbackChange, FeedbackCounts, FeedbackItem, FeedbackTagCounts } from './feedback.tables';

/** What an item is before anybody triages it. */
const FIRST_VERSION = 1;

function created(event: CatalogEvent): readonly Contribution[] {
  const project = objectOf(event, 'project');
  const which = {
    requestUid: objectOf(event, 'request').get('uid') as string,
    jimerUid: jimerOf(event).get('uid') as string,
  };
  return [
    contribute(FeedbackItem, event, {
      ...which,
      request: event.raw('request'),
      jimer: event.raw('jimer'),
      project: event.raw('project'),
      projectUid: project.get('uid') as string | undefined,
      projectName: textOf(project.get('name')),
      createdAt: event.time,
    }),
    versioned(event, which, FIRST_VERSION, UNTRIAGED),
  ];
}

function triaged(event: CatalogEvent): readonly Contribution[] {
  const { request, jimer, version, item, by, actor } = readBacklogItemTriaged(event);
  const which = { requestUid: request.uid, jimerUid: jimer.uid };
  return [
    versioned(event, which, version, item),
    contribute(FeedbackChange, event, {
      ...standingOf(item),
      ...which,
      version,
      changedBy: by,
      actor,
    }),
  ];
}

/** The version is the rank: it decides before any clock. */
function versioned(
  event: CatalogEvent,
  which: { readonly requestUid: string; readonly jimerUid: string },
  version: number,
  item: TriagedItem,
): Contribution {
  return contribute(
    FeedbackItem,
    event,
    { ...standingOf(item), ...which, version, lane: laneOf(item) },
    version,
  );
}

/** What is filtered and counted by is in NFC, whoever typed it. */
function standingOf({ status, tags, assignee, note, mergedInto }: TriagedItem) {
  return {
    status,
    tags: JSON.stringify([...new Set(tags.map(canonicalText))]),
    assignee: assignee === null ? null : canonicalText(assignee),
    note,
    mergedInto,
  };
}

/** Submitted feedback as a backlog. */
export const feedback = catalogProjection({
  name: 'feedback',
  version: 5,
  topics: [TOPICS.feedback],
  tables: [FeedbackItem, FeedbackChange, FeedbackCounts, FeedbackTagCounts],
  on: {
    'request.created': created,
    // A webhook may send any name.
    [BACKLOG_ITEM_TRIAGED]: (event) => (event.origin === 'system' ? triaged(event) : []),
  },
});
