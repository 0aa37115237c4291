import {
  by,
  computed,
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
  'Newest answer of each end user to each step in each response (survey) that the user gave.',
  {
    key: {
      jimerUid: uuid('The end user.'),
      experienceUid: uuid('The survey as an experience.'),
      stepUid: uid('Uid of the step (the question).'),
      surveyUid: uid('Uid of the response, of which an end user may give several.'),
    },
    columns: {
      value: latest({
        value: json('The answer as received.'),
        answerText: text(
          'The answer in words: text as it is, choices joined by commas; null for what has none.',
        ),
        bucket: text(
          'The value that it is counted by, as JSON text (of more than 1,000 bytes its digest, sha256:…); null when it is not counted by value.',
        ),
        choices: json(
          'What each choice of a list is counted by, as a list of such texts; null for other values.',
        ),
        stepName: text('Name of the step, as the event says.'),
        stepType: text('Type of the step, such as NPS.'),
        stepIndex: integer('Place of the step in the survey.'),
      }),
    },
    person: 'jimerUid',
    viewColumns: { answeredAt: computed(instant('When it was answered.'), 'value_time') },
    ownerFirst: true,
    indexes: [['experience_uid', 'step_uid', 'value_time', 'jimer_uid', 'survey_uid']],
  },
);

export const Step = readModel('step', 'Steps of surveys as their newest answer names them.', {
  key: { experienceUid: uuid('The survey as an experience.'), stepUid: uid('Uid of the step.') },
  columns: {
    label: latest({
      name: text('Name of the step.'),
      type: text('Type of the step, such as NPS.'),
      indexOrder: integer('Place of the step in the survey.'),
    }),
  },
  person: 'experienceUid',
  sharded: true,
});

export const Response = readModel(
  'response',
  'Responses to surveys: one row per response (survey) that an end user gave, wholly or in part.',
  {
    key: {
      jimerUid: uuid('The end user.'),
      experienceUid: uuid('The survey, as an experience.'),
      surveyUid: uid('Uid of the response.'),
    },
    columns: {
      firstEventAt: earliest(
        instant('Time of its first answer, or of its completion where that came before.').required(),
      ),
      lastEventAt: greatest(instant('Time of its newest answer or completion.').required()),
      completedAt: earliest(instant('When it was first completed; null: it is partial.')),
    },
    person: 'jimerUid',
    indexes: [['experience_uid', 'first_event_at', 'jimer_uid', 'survey_uid']],
  },
);

const surveyKey = { experienceUid: uuid('The survey as an experience.'), stepUid: uid('Uid of the step.') };
const bucket = text(
  'The value, or one choice of a list, as JSON text; of more than 1,000 bytes its digest, sha256:….',
);
const OF_VALUE = 'Answers of that value.';
const TICKED = 'Answers that are a list in which it is one of the choices.';

/** One answer counts once under its value, and once under each choice where the value is a list of them. */
const perValue = { experienceUid: by('experienceUid'), stepUid: by('stepUid'), bucket: by('bucket') };
const perChoice = { ...perValue, bucket: each('choices') };

export const AnswerDistribution = tally(
  'answer_distribution',
  'Answers per step and value, and per choice of those that name several. Free text is not counted by value.',
  {
    key: { ...surveyKey, bucket },
    counts: { responses: count(OF_VALUE, Answer, perValue), ticked: count(TICKED, Answer, perChoice) },
  },
);

export const StepResponses = tally('step_responses', 'Answers per step, whatever their value.', {
  key: surveyKey,
  counts: {
    responses: count('Answers.', Answer, { experienceUid: by('experienceUid'), stepUid: by('stepUid') }),
  },
});

const dayKey = { ...surveyKey, day: date('UTC day of the answer.') };
const perDay = { experienceUid: by('experienceUid'), stepUid: by('stepUid'), day: utcDay('valueTime') };

export const AnswerDays = tally(
  'answer_days',
  'The counts of answer_distribution per UTC day of the answer.',
  {
    key: { ...dayKey, bucket },
    counts: {
      responses: count(OF_VALUE, Answer, { ...perDay, bucket: by('bucket') }),
      ticked: count(TICKED, Answer, { ...perDay, bucket: each('choices') }),
    },
  },
);

export const StepDays = tally('step_days', 'Answers per step and UTC day, whatever their value.', {
  key: dayKey,
  counts: { responses: count('Answers.', Answer, perDay) },
});

export const ResponseDays = tally(
  'response_days',
  'Responses to surveys per UTC day: by the day of their first event, and by the day of their completion.',
  {
    key: { experienceUid: uuid('The survey, as an experience.'), day: date('UTC day.') },
    counts: {
      responses: count('Responses whose first answer (or completion) was on the day.', Response, {
        experienceUid: by('experienceUid'),
        day: utcDay('firstEventAt'),
      }),
      completed: count('Responses that were first completed on the day.', Response, {
        experienceUid: by('experienceUid'),
        day: utcDay('completedAt'),
      }),
    },
  },
);
