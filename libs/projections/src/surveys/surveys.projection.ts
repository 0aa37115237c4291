import { EXPERIENCE_OBSERVED, TOPICS, type CatalogEvent, type ObjectReader } from '@app/catalog';
import { contribute, type Contribution, type EngineEvent } from '@app/engine';
import { catalogProjection } from '../shared/catalog-projection';
import {
  experienceOf,
  integerOf,
  jimerOf,
  objectOf,
  observationOf,
  observedObject,
  textOf,
} from '../shared/payload';
import { answerTextOf, bucketOf, choicesOf } from './answer-value';
import {
  Answer,
  AnswerDays,
  AnswerDistribution,
  Response,
  ResponseDays,
  Step,
  StepDays,
  StepResponses,
} from './surveys.tables';

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
  version: 7,
  topics: [TOPICS.engagement],
  tables: [Answer, Step, Response, AnswerDistribution, StepResponses, AnswerDays, StepDays, ResponseDays],
  on: {
    'survey.step.answered': answered,
    'survey.completed': completed,
    [EXPERIENCE_OBSERVED]: observed,
  },
});
