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

export const FeedbackItem = readModel(
  'feedback_item',
  { requestUid: uid },
  {
    submission: latest({
      request: json,
      jimer: json,
      jimerUid: uuid,
      project: json,
      projectUid: uuid,
      projectName: text,
    }),
    createdAt: earliest(instant),
    // Whole, and by version: the item is never a mixture of two changes, and never goes back.
    triage: latest({ version: integer, lane: text, ...standing }, 'rank first'),
  },
  {
    comment:
      'The backlog of submitted feedback: one row per request. Its version rises with every change of triage; lane is its status, or merged where it repeats another.',
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
  { requestUid: uid, version: integer },
  { change: latest({ ...standing, changedAt: instant, changedBy: text, actor: text }) },
  { comment: 'How each version of a backlog item left it, and who made it: one row per item and version.' },
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
  { comment: 'Backlog items per project, lane and UTC day of submission.' },
);

export const FeedbackTagCounts = tally(
  'feedback_tag_counts',
  { projectUid: uuid, lane: text, tag: text },
  {
    items: count(FeedbackItem, { projectUid: by('projectUid'), lane: by('lane'), tag: each('tags') }),
  },
  { comment: 'Backlog items per project, lane and tag; an item counts for each of its tags.' },
);
