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
    columns: {
      requestUid: 'Uid of the request.',
      request: 'The request as received.',
      jimer: 'Who submitted it, as received with it.',
      jimerUid: 'Uid of the end user who submitted it.',
      project: 'The project that it was submitted to, as received with it.',
      projectUid: 'Uid of that project.',
      projectName: 'Name of that project.',
      createdAt: 'When it was submitted.',
    },
    indexes: [['created_at', 'request_uid'], ['jimer_uid'], ['project_uid']],
  },
);
