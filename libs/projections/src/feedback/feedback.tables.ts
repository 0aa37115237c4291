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

/** How an item stands: `tags` is a JSON list of texts. */
const standing = { status: text, tags: json, assignee: text, note: text, mergedInto: uid };
const standingComments = {
  status: 'new, under-review, planned, in-progress, done or declined.',
  tags: 'Its tags, a list of texts.',
  assignee: 'Who takes care of it.',
  note: 'What the team has noted.',
  mergedInto: 'Uid of the request that it repeats.',
};

export const FeedbackItem = readModel(
  'feedback_item',
  // The end user as well, so that the item goes with whoever submitted it.
  { requestUid: uid, jimerUid: uuid },
  {
    submission: latest({
      request: json,
      jimer: json,
      project: json,
      projectUid: uuid,
      projectName: text,
    }),
    createdAt: earliest(instant),
    // Whole, and by version: the item is never a mixture of two changes, and never goes back.
    triage: latest({ version: integer, lane: text, ...standing }, 'rank first'),
  },
  {
    person: 'jimerUid',
    comment:
      'The backlog of submitted feedback: one row per request. Its version rises with every change of triage.',
    columns: {
      requestUid: 'Uid of the request.',
      request: 'The request as received.',
      jimer: 'Who submitted it, as received with it.',
      jimerUid: 'Uid of the end user who submitted it.',
      project: 'The project that it was submitted to, as received with it.',
      projectUid: 'Uid of that project.',
      projectName: 'Name of that project.',
      createdAt: 'When it was submitted.',
      version: '1 as submitted, and one more with every change.',
      lane: 'Its status, or merged where it repeats another.',
      ...standingComments,
    },
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
  { requestUid: uid, jimerUid: uuid, version: integer },
  { change: latest({ ...standing, changedBy: text, actor: text }) },
  {
    person: 'jimerUid',
    indexes: [['jimer_uid']],
    comment: 'How each version of a backlog item left it, and who made it: one row per item and version.',
    columns: {
      requestUid: 'Uid of the request.',
      jimerUid: 'Uid of the end user who submitted it.',
      version: 'That the change made: from 2 on.',
      ...standingComments,
      changedBy: 'Scope and workspace of the token that made it.',
      actor: 'Who made it, as the caller said.',
    },
  },
);

export const FeedbackCounts = tally(
  'feedback_counts',
  { projectUid: uuid, lane: text, day: date },
  {
    items: count(FeedbackItem, {
      projectUid: by('projectUid'),
      lane: by('lane'),
      day: utcDay('createdAt'),
    }),
  },
  {
    comment: 'Backlog items per project, lane and UTC day of submission.',
    columns: {
      projectUid: 'Uid of the project.',
      lane: 'A status, or merged.',
      day: 'When they were submitted.',
      items: 'How many there are.',
    },
  },
);

export const FeedbackTagCounts = tally(
  'feedback_tag_counts',
  { projectUid: uuid, lane: text, tag: text },
  {
    items: count(FeedbackItem, { projectUid: by('projectUid'), lane: by('lane'), tag: each('tags') }),
  },
  {
    comment: 'Backlog items per project, lane and tag; an item counts for each of its tags.',
    columns: {
      projectUid: 'Uid of the project.',
      lane: 'A status, or merged.',
      tag: 'The tag.',
      items: 'How many there are.',
    },
  },
);
