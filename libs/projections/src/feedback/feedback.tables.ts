import { earliest, instant, json, latest, readModel, text, uid, uuid } from '@app/engine';

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
  },
  {
    comment: 'The backlog of submitted feedback: one row per request.',
    indexes: [['created_at', 'request_uid'], ['jimer_uid'], ['project_uid']],
  },
);
