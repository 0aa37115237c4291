import {
  by,
  count,
  date,
  each,
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

export const Answer = readModel(
  'answer',
  { jimerUid: uuid, experienceUid: uuid, stepUid: uid, surveyUid: uid },
  {
    value: latest({
      value: json,
      answerText: text,
      bucket: text,
      choices: json,
      stepName: text,
      stepType: text,
      stepIndex: integer,
    }),
  },
  {
    person: 'jimerUid',
    comment: 'Newest answer of each end user to each step in each response (survey) that the user gave.',
    columns: {
      jimerUid: 'The end user.',
      experienceUid: 'The survey as an experience.',
      stepUid: 'Uid of the step (the question).',
      surveyUid: 'Uid of the response, of which an end user may give several.',
      value: 'The answer as received.',
      answerText: 'The answer in words: text as it is, choices joined by commas; null for what has none.',
      bucket:
        'The value that it is counted by, as JSON text (of more than 1,000 bytes its digest, sha256:…); null when it is not counted by value.',
      choices: 'What each choice of a list is counted by, as a list of such texts; null for other values.',
      stepName: 'Name of the step, as the event says.',
      stepType: 'Type of the step, such as NPS.',
      stepIndex: 'Place of the step in the survey.',
      answered_at: 'When it was answered.',
    },
    viewColumns: { answered_at: { type: 'timestamptz', sql: 'value_time' } },
    ownerFirst: true,
    indexes: [['experience_uid', 'step_uid', 'value_time', 'jimer_uid', 'survey_uid']],
  },
);

export const Step = readModel(
  'step',
  { experienceUid: uuid, stepUid: uid },
  { label: latest({ name: text, type: text, indexOrder: integer }) },
  {
    person: 'experienceUid',
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

export const Response = readModel(
  'response',
  { jimerUid: uuid, experienceUid: uuid, surveyUid: uid },
  { firstEventAt: earliest(instant), lastEventAt: greatest(instant), completedAt: earliest(instant) },
  {
    person: 'jimerUid',
    comment: 'Responses to surveys: one row per response (survey) that an end user gave, wholly or in part.',
    columns: {
      jimerUid: 'The end user.',
      experienceUid: 'The survey, as an experience.',
      surveyUid: 'Uid of the response.',
      firstEventAt: 'Time of its first answer, or of its completion where that came before.',
      lastEventAt: 'Time of its newest answer or completion.',
      completedAt: 'When it was first completed; null: it is partial.',
    },
    indexes: [['experience_uid', 'first_event_at', 'jimer_uid', 'survey_uid']],
  },
);

/** One answer counts once under its value, and once under each choice where the value is a list of them. */
const perValue = { experienceUid: by('experienceUid'), stepUid: by('stepUid'), bucket: by('bucket') };
const perChoice = { ...perValue, bucket: each('choices') };
const VALUES = {
  bucket: 'The value, or one choice of a list, as JSON text; of more than 1,000 bytes its digest, sha256:….',
  responses: 'Answers of that value.',
  ticked: 'Answers that are a list in which it is one of the choices.',
};

export const AnswerDistribution = tally(
  'answer_distribution',
  { experienceUid: uuid, stepUid: uid, bucket: text },
  { responses: count(Answer, perValue), ticked: count(Answer, perChoice) },
  {
    comment:
      'Answers per step and value, and per choice of those that name several. Free text is not counted by value.',
    columns: { experienceUid: 'The survey as an experience.', stepUid: 'Uid of the step.', ...VALUES },
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

const perDay = { experienceUid: by('experienceUid'), stepUid: by('stepUid'), day: utcDay('valueTime') };

export const AnswerDays = tally(
  'answer_days',
  { experienceUid: uuid, stepUid: uid, day: date, bucket: text },
  {
    responses: count(Answer, { ...perDay, bucket: by('bucket') }),
    ticked: count(Answer, { ...perDay, bucket: each('choices') }),
  },
  {
    comment: 'The counts of answer_distribution per UTC day of the answer.',
    columns: {
      experienceUid: 'The survey, as an experience.',
      stepUid: 'Uid of the step.',
      day: 'UTC day of the answer.',
      ...VALUES,
    },
  },
);

export const StepDays = tally(
  'step_days',
  { experienceUid: uuid, stepUid: uid, day: date },
  { responses: count(Answer, perDay) },
  {
    comment: 'Answers per step and UTC day, whatever their value.',
    columns: {
      experienceUid: 'The survey as an experience.',
      stepUid: 'Uid of the step.',
      day: 'UTC day of the answer.',
      responses: 'Answers.',
    },
  },
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
    columns: {
      experienceUid: 'The survey, as an experience.',
      day: 'UTC day.',
      responses: 'Responses whose first answer (or completion) was on the day.',
      completed: 'Responses that were first completed on the day.',
    },
  },
);
