import {
  by,
  count,
  date,
  each,
  earliest,
  instant,
  integer,
  json,
  latest,
  readModel,
  tally,
  text,
  uid,
  utcDay,
  uuid,
} from '@app/engine';

/** How an item stands. */
const standing = {
  status: text('new, under-review, planned, in-progress, done or declined.'),
  tags: json('Its tags, a list of texts.'),
  assignee: text('Who takes care of it.'),
  note: text('What the team has noted.'),
  mergedInto: uid('Uid of the request that it repeats.'),
};

export const FeedbackItem = readModel(
  'feedback_item',
  'The backlog of submitted feedback: one row per request. Its version rises with every change of triage.',
  {
    // The end user as well, so that the item goes with whoever submitted it.
    key: {
      requestUid: uid('Uid of the request.').as('uid'),
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
          version: integer('1 as submitted, and one more with every change.'),
          lane: text('Its status, or merged where it repeats another.'),
          ...standing,
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
        ...standing,
        changedBy: text('Scope and workspace of the token that made it.'),
        actor: text('Who made it, as the caller said.'),
      }),
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
