import { EXPERIENCE_OBSERVED, TOPICS, type CatalogEvent, type ObjectReader } from '@app/catalog';
import { contribute, defineProjection, storableText, type Contribution, type EngineEvent } from '@app/engine';
import { erasing } from '../shared/erasure';
import {
  experienceOf,
  integerOf,
  jimerOf,
  objectOf,
  observationOf,
  observedObject,
  textOf,
} from '../shared/payload';
import { isScale } from './scales';
import {
  Answer,
  AnswerDays,
  AnswerDistribution,
  Response,
  ResponseDays,
  Step,
  StepResponses,
  SurveysErased,
} from './surveys.tables';

const FREE_TEXT = new Set(['TEXT_LONG', 'INTERVIEW']);
const LONGEST_BUCKET = 200;

/**
 * What an answer is counted under: the JSON text of a scalar or of a list of scalars. The vendor documents
 * the value as a string; on a scale "9" and 9 are the same answer.
 *
 * @returns null for what is not counted by value: free text, objects, long values
 */
export function bucketOf(stepType: string | null | undefined, value: unknown): string | null {
  if (value === undefined || value === null || FREE_TEXT.has(stepType ?? '')) return null;
  if (typeof value === 'object' && !(Array.isArray(value) && value.every((item) => typeof item !== 'object')))
    return null;
  const scale = isScale(stepType) && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim());
  // Before it is JSON text, where an escape hides what is to be replaced.
  const bucket = JSON.stringify(scale ? Number(value) : value, (_, item: unknown) =>
    typeof item === 'string' ? storableText(item) : item,
  );
  return bucket.length <= LONGEST_BUCKET ? bucket : null;
}

/**
 * An answer in words, to be read and searched: text as it is, a list of choices joined by commas.
 *
 * @param json the value as received, whose digits a number keeps
 * @returns null for what has no words: an object, a list with one, null
 */
export function answerTextOf(value: unknown, json: string): string | null {
  if (typeof value === 'number') return json;
  const items: unknown[] = Array.isArray(value) ? value : [value];
  if (items.some((item) => typeof item === 'object' || item === undefined)) return null;
  return items.map(String).join(', ');
}

function answered(event: CatalogEvent): Contribution[] {
  const step = objectOf(event, 'step');
  const answer = objectOf(event, 'answer');
  const stepUid = step.get('uid') as string;
  const stepType = textOf(step.get('type'));
  const response = responseOf(event);
  const value = answer.get('value');
  const json = answer.raw('value') ?? 'null';
  return [
    contribute(Answer, event, {
      ...response,
      stepUid,
      value: json,
      answerText: answerTextOf(value, json),
      bucket: bucketOf(stepType, value),
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
export const surveys = defineProjection<CatalogEvent>({
  name: 'surveys',
  version: 6,
  topics: [TOPICS.engagement],
  erased: SurveysErased,
  tables: [Answer, Step, Response, AnswerDistribution, StepResponses, AnswerDays, ResponseDays],
  on: {
    ...erasing(SurveysErased),
    'survey.step.answered': answered,
    'survey.completed': completed,
    [EXPERIENCE_OBSERVED]: observed,
  },
});
