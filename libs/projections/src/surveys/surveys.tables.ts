import {
  by,
  count,
  date,
  earliest,
  greatest,
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
import { SCALES } from './scales';

export const Answer = readModel(
  'answer',
  { jimerUid: uuid, experienceUid: uuid, stepUid: uid, surveyUid: uid },
  {
    value: latest({
      value: json,
      answerText: text,
      bucket: text,
      stepName: text,
      stepType: text,
      stepIndex: integer,
    }),
  },
  {
    comment: 'Newest answer of each end user to each step in each response (survey) that the user gave.',
    viewColumns: { answered_at: { type: 'timestamptz', sql: 'value_time' } },
    indexes: [['experience_uid', 'step_uid', 'value_time', 'jimer_uid', 'survey_uid']],
  },
);

export const Step = readModel(
  'step',
  { experienceUid: uuid, stepUid: uid },
  { label: latest({ name: text, type: text, indexOrder: integer }) },
  { comment: 'Steps of surveys as their newest answer names them.', sharded: true },
);

export const Response = readModel(
  'response',
  { jimerUid: uuid, experienceUid: uuid, surveyUid: uid },
  { firstEventAt: earliest(instant), lastEventAt: greatest(instant), completedAt: earliest(instant) },
  {
    comment: 'Responses to surveys: one row per response (survey) that an end user gave, wholly or in part.',
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
  },
);

export const StepResponses = tally(
  'step_responses',
  { experienceUid: uuid, stepUid: uid },
  { responses: count(Answer, { experienceUid: by('experienceUid'), stepUid: by('stepUid') }) },
  { comment: 'Answers per step, whatever their value.' },
);

export const AnswerDays = tally(
  'answer_days',
  { experienceUid: uuid, stepUid: uid, day: date, bucket: text },
  {
    responses: count(
      Answer,
      {
        experienceUid: by('experienceUid'),
        stepUid: by('stepUid'),
        day: utcDay('valueTime'),
        bucket: by('bucket'),
      },
      { column: 'stepType', oneOf: SCALES },
    ),
  },
  { comment: 'Answers on scales (NPS, opinion scale, slider) per step, UTC day and value.' },
);

export const ResponseDays = tally(
  'response_days',
  { experienceUid: uuid, day: date },
  {
    responses: count(Response, { experienceUid: by('experienceUid'), day: utcDay('firstEventAt') }),
    completed: count(Response, { experienceUid: by('experienceUid'), day: utcDay('completedAt') }),
  },
  {
    comment:
      'Responses to surveys per UTC day: by the day of their first event, and by the day of their completion.',
  },
);
