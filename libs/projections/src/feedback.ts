import {
  BACKLOG_ITEM_TRIAGED,
  FEEDBACK_STATUSES,
  readBacklogItemTriaged,
  TOPICS,
  type CatalogEvent,
  type TriagedItem,
} from '@app/catalog';
import {
  by,
  contains,
  contribute,
  count,
  date,
  each,
  earliest,
  equals,
  equalsAnyOf,
  hasElement,
  hasValue,
  instant,
  integer,
  json,
  latest,
  logPosition,
  readModel,
  tally,
  text,
  texts,
  uid,
  utcDay,
  uuid,
  type Contribution,
} from '@app/engine';
import { catalogProjection } from './shared/catalog-projection';
import { jimerOf, objectOf, textOf } from './shared/payload';
import { canonicalText } from './shared/text';

/** What triage decides on. */
const triageFields = {
  status: text('new, under-review, planned, in-progress, done or declined.')
    .oneOf(FEEDBACK_STATUSES)
    .like('planned'),
  tags: texts('Its tags, a list of texts.').like(['quick win', 'ux']),
  assignee: text('Who takes care of it.').like('Kim'),
  note: text('What the team has noted.').like(null),
  mergedInto: uid('Uid of the request that it repeats.').like(null),
};

export const FeedbackItem = readModel(
  'feedback_item',
  'The backlog of submitted feedback: one row per request. Its version rises with every change of triage.',
  {
    // The end user as well, so that the item goes with whoever submitted it.
    key: {
      requestUid: uid('Uid of the request.').as('uid').like('b7a0c1de-5a4c-4c1c-9d0f-5d1f6f1b0c11'),
      jimerUid: uuid('Uid of the end user who submitted it.'),
    },
    columns: {
      submission: latest({
        request: json('The request as received.'),
        jimer: json('Who submitted it, as received with it.'),
        project: json('The project that it was submitted to, as received with it.'),
        projectUid: uuid('Uid of that project.'),
        projectName: text('Name of that project.'),
      }),
      createdAt: earliest(instant('When it was submitted.')),
      // Whole, and by version: the item is never a mixture of two changes, and never goes back.
      triage: latest(
        {
          version: integer('1 as submitted, and one more with every change of triage.').like(2),
          lane: text('Its status, or merged where it repeats another.'),
          ...triageFields,
        },
        'rank first',
      ),
    },
    person: 'jimerUid',
    indexes: [
      ['created_at', 'request_uid'],
      ['jimer_uid'],
      ['project_uid', 'created_at', 'request_uid'],
      ['lane', 'created_at', 'request_uid'],
      ['assignee', 'created_at', 'request_uid'],
      ['merged_into', 'created_at', 'request_uid'],
    ],
    api: {
      path: 'feedback',
      item: 'feedback',
      list: 'The backlog of submitted feedback, newest first',
      fields: [
        ...(['requestUid', 'workspace', 'request', 'project', 'jimer', 'createdAt'] as const),
        ...(['status', 'tags', 'assignee', 'note', 'mergedInto', 'version'] as const),
      ],
      // A triage may outlive the request that it is about: then nothing of it is shown.
      needs: ['createdAt', 'status', 'tags', 'version'],
      newestFirst: ['createdAt', 'requestUid'],
      filters: {
        status: equalsAnyOf('status', 'Any of these: several times, or separated by commas.', {
          scans: 'one status of six is frequent in the order of the list',
        }),
        projectUid: equals('projectUid', 'Only items of this project.'),
        jimerUid: equals('jimerUid', 'Of the jimer.'),
        tag: hasElement('tags', 'Only items with this tag.'),
        assignee: equals('assignee', 'As it was assigned, letter for letter.'),
        merged: hasValue(
          'mergedInto',
          'Only items that were merged into another (true), or only the others (false).',
        ),
        mergedInto: equals('mergedInto', 'Only items that were merged into the one of this uid.'),
        q: contains(
          ['projectName', 'request'],
          "A part of any text in the request, or of the project's name, in any letter case.",
        ),
      },
    },
  },
);

export const FeedbackChange = readModel(
  'feedback_change',
  'How each version of a backlog item left it, and who made it: one row per item and version.',
  {
    key: {
      requestUid: uid('Uid of the request.'),
      jimerUid: uuid('Uid of the end user who submitted it.'),
      version: integer('That the change made: from 2 on.'),
    },
    columns: {
      change: latest({
        ...triageFields,
        changedBy: text('Scope and workspace of the token that made it.'),
        actor: text('Who made it, as the caller said.'),
      }),
      position: logPosition(
        'Where the newest record of the change is in its topic: partition × 2^40 + offset.',
      ),
    },
    person: 'jimerUid',
    indexes: [['jimer_uid']],
  },
);

export const FeedbackCounts = tally(
  'feedback_counts',
  'Backlog items per project, lane and UTC day of submission.',
  {
    key: {
      projectUid: uuid('Uid of the project.'),
      lane: text('A status, or merged.'),
      day: date('When they were submitted.'),
    },
    counts: {
      items: count('How many there are.', FeedbackItem, {
        projectUid: by('projectUid'),
        lane: by('lane'),
        day: utcDay('createdAt'),
      }),
    },
  },
);

export const FeedbackTagCounts = tally(
  'feedback_tag_counts',
  'Backlog items per project, lane and tag; an item counts for each of its tags.',
  {
    key: {
      projectUid: uuid('Uid of the project.'),
      lane: text('A status, or merged.'),
      tag: text('The tag.'),
    },
    counts: {
      items: count('How many there are.', FeedbackItem, {
        projectUid: by('projectUid'),
        lane: by('lane'),
        tag: each('tags'),
      }),
    },
  },
);

/** As it was submitted: version 1. */
export const UNTRIAGED: TriagedItem = {
  status: 'new',
  tags: [],
  assignee: null,
  note: null,
  mergedInto: null,
};

/** The columns of a board: an item that repeats another is in none of the statuses'. */
export const LANES = [...FEEDBACK_STATUSES, 'merged'] as const;
export type Lane = (typeof LANES)[number];

function laneOf({ status, mergedInto }: TriagedItem): Lane {
  return mergedInto === null ? status : 'merged';
}

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
      ...triageColumns(item),
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
    { ...triageColumns(item), ...which, version, lane: laneOf(item) },
    version,
  );
}

/** What is filtered and counted by is in NFC, whoever typed it. */
function triageColumns({ status, tags, assignee, note, mergedInto }: TriagedItem) {
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
  about: 'The feedback backlog and its triage',
  app: 'feedback-projector',
  version: 6,
  topics: [TOPICS.feedback],
  tables: [FeedbackItem, FeedbackChange, FeedbackCounts, FeedbackTagCounts],
  on: {
    'request.created': created,
    // A webhook may send any name.
    [BACKLOG_ITEM_TRIAGED]: (event) => (event.origin === 'system' ? triaged(event) : []),
  },
});
