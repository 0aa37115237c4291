import { by, count, integer, json, latest, readModel, tally, text, uid, uuid } from '@app/engine';

export const Answer = readModel(
  'answer',
  { jimerUid: uuid, experienceUid: uuid, stepUid: uid, surveyUid: uid },
  { value: latest({ value: json, bucket: text, stepName: text, stepType: text, stepIndex: integer }) },
  {
    comment: 'Newest answer of each end user to each step in each response (survey) that the user gave.',
    columns: {
      jimerUid: 'The end user.',
      experienceUid: 'The survey as an experience.',
      stepUid: 'Uid of the step (the question).',
      surveyUid: 'Uid of the response, of which an end user may give several.',
      value: 'The answer as received.',
      bucket: 'The value that it is counted by, as JSON text; null when it is not counted by value.',
      stepName: 'Name of the step, as the event says.',
      stepType: 'Type of the step, such as NPS.',
      stepIndex: 'Place of the step in the survey.',
      answered_at: 'When it was answered.',
    },
    viewColumns: { answered_at: { type: 'timestamptz', sql: 'value_time' } },
    ownerFirst: true,
    indexes: [['experience_uid', 'step_uid', 'jimer_uid']],
  },
);

export const Step = readModel(
  'step',
  { experienceUid: uuid, stepUid: uid },
  { label: latest({ name: text, type: text, indexOrder: integer }) },
  {
    comment: 'Steps of surveys as their newest answer names them.',
    columns: {
      experienceUid: 'The survey as an experience.',
      stepUid: 'Uid of the step.',
      name: 'Name of the step.',
      type: 'Type of the step, such as NPS.',
      indexOrder: 'Place of the step in the survey.',
    },
    sharded: true,
  },
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
    columns: {
      experienceUid: 'The survey as an experience.',
      stepUid: 'Uid of the step.',
      bucket: 'The value, as JSON text.',
      responses: 'Answers of that value.',
    },
  },
);

export const StepResponses = tally(
  'step_responses',
  { experienceUid: uuid, stepUid: uid },
  { responses: count(Answer, { experienceUid: by('experienceUid'), stepUid: by('stepUid') }) },
  {
    comment: 'Answers per step, whatever their value.',
    columns: {
      experienceUid: 'The survey as an experience.',
      stepUid: 'Uid of the step.',
      responses: 'Answers.',
    },
  },
);
