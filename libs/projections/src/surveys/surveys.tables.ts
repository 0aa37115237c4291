import { by, count, integer, json, latest, readModel, tally, text, uid, uuid } from '@app/engine';

export const Answer = readModel(
  'answer',
  { jimerUid: uuid, experienceUid: uuid, stepUid: uid, surveyUid: uid },
  { value: latest({ value: json, bucket: text, stepName: text, stepType: text, stepIndex: integer }) },
  {
    comment: 'Newest answer of each end user to each step in each response (survey) that the user gave.',
    viewColumns: { answered_at: { type: 'timestamptz', sql: 'value_time' } },
    indexes: [['experience_uid', 'step_uid', 'jimer_uid']],
  },
);

export const Step = readModel(
  'step',
  { experienceUid: uuid, stepUid: uid },
  { label: latest({ name: text, type: text, indexOrder: integer }) },
  { comment: 'Steps of surveys as their newest answer names them.', sharded: true },
);

export const AnswerDistribution = tally(
  'answer_distribution',
  { experienceUid: uuid, stepUid: uid, bucket: text },
  {
    responses: count(Answer, {
      experienceUid: by('experienceUid'),
      stepUid: by('stepUid'),
      bucket: by('bucket'),
    }),
  },
  {
    comment:
      'Answers per step and value. The value is its JSON text; free text and values of over 200 characters are not counted by value.',
  },
);

export const StepResponses = tally(
  'step_responses',
  { experienceUid: uuid, stepUid: uid },
  { responses: count(Answer, { experienceUid: by('experienceUid'), stepUid: by('stepUid') }) },
  { comment: 'Answers per step, whatever their value.' },
);
