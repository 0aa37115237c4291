import { EXPERIENCE_OBSERVED, TOPICS, type CatalogEvent, type ObjectReader } from '@app/catalog';
import {
  by,
  computed,
  contribute,
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
  type Contribution,
  type EngineEvent,
} from '@app/engine';
import { answerTextOf, bucketOf, choicesOf } from './shared/answer-value';
import { catalogProjection } from './shared/catalog-projection';
import {
  experienceOf,
  integerOf,
  jimerOf,
  objectOf,
  observationOf,
  observedObject,
  textOf,
} from './shared/payload';

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
        ).as('text'),
        bucket: text(
          'The value that it is counted by, as JSON text (of more than 1,000 bytes its digest, sha256:…); null when it is not counted by value.',
        ),
        choices: json(
          'What each choice of a list is counted by, as a list of such texts; null for other values.',
        ),
        stepName: text('Name of the step, as the event says.'),
        stepType: text('Type of the step, such as NPS.').like('NPS'),
        stepIndex: integer('Place of the step in the survey.'),
      }),
    },
    person: 'jimerUid',
    viewColumns: { answeredAt: computed(instant('When it was answered.').as('at').required(), 'value_time') },
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
        instant('Time of its first answer, or of its completion where that came before.')
          .as('startedAt')
          .required(),
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

function answered(event: CatalogEvent): Contribution[] {
  const step = objectOf(event, 'step');
  const answer = objectOf(event, 'answer');
  const stepUid = step.get('uid') as string;
  const stepType = textOf(step.get('type'));
  const response = responseOf(event);
  const value = answer.get('value');
  const json = answer.raw('value') ?? 'null';
  const choices = choicesOf(stepType, value);
  return [
    contribute(Answer, event, {
      ...response,
      stepUid,
      value: json,
      answerText: answerTextOf(value, json),
      bucket: bucketOf(stepType, value),
      choices: choices && JSON.stringify(choices),
      stepName: textOf(step.get('name')),
      stepType,
      stepIndex: integerOf(step.get('indexOrder')),
    }),
    labelled(event, response.experienceUid, step),
    contribute(Response, event, { ...response, firstEventAt: event.time, lastEventAt: event.time }),
  ];
}

/** What the event calls the step. */
function labelled(event: EngineEvent, experienceUid: string, step: ObjectReader): Contribution {
  return contribute(Step, event, {
    experienceUid,
    stepUid: step.get('uid') as string,
    name: textOf(step.get('name')),
    type: textOf(step.get('type')),
    indexOrder: integerOf(step.get('indexOrder')),
  });
}

function observed(event: CatalogEvent): Contribution[] {
  const observation = observationOf(event);
  const step = observation?.object('step');
  if (!observation || !step) return [];
  return [labelled(observation, observedObject(observation, 'experience').get('uid') as string, step)];
}

function completed(event: CatalogEvent): Contribution[] {
  return [
    contribute(Response, event, {
      ...responseOf(event),
      firstEventAt: event.time,
      lastEventAt: event.time,
      completedAt: event.time,
    }),
  ];
}

/** Whose response to which survey it is: the key of a response. */
function responseOf(event: CatalogEvent) {
  return {
    jimerUid: jimerOf(event).get('uid') as string,
    experienceUid: experienceOf(event).get('uid') as string,
    surveyUid: objectOf(event, 'survey').get('uid') as string,
  };
}

/** Answers to surveys and their results. */
export const surveys = catalogProjection({
  name: 'surveys',
  about: 'Survey answers and their distributions',
  app: 'journey-projector',
  version: 7,
  topics: [TOPICS.engagement],
  tables: [Answer, Step, Response, AnswerDistribution, StepResponses, AnswerDays, StepDays, ResponseDays],
  on: {
    'survey.step.answered': answered,
    'survey.completed': completed,
    [EXPERIENCE_OBSERVED]: observed,
  },
});
