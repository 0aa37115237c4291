import { TOPICS, type CatalogEvent } from '@app/catalog';
import { contribute, defineProjection, storableText, type Contribution } from '@app/engine';
import { experienceOf, integerOf, jimerOf, objectOf, textOf } from '../shared/payload';
import { Answer, AnswerDistribution, Step, StepResponses } from './surveys.tables';

const FREE_TEXT = new Set(['TEXT_LONG', 'INTERVIEW']);
const SCALES = new Set(['NPS', 'OPINION_SCALE', 'SLIDER']);
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
  const scale =
    SCALES.has(stepType ?? '') && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim());
  // Before it is JSON text, where an escape hides what is to be replaced.
  const bucket = JSON.stringify(scale ? Number(value) : value, (_, item: unknown) =>
    typeof item === 'string' ? storableText(item) : item,
  );
  return bucket.length <= LONGEST_BUCKET ? bucket : null;
}

function answered(event: CatalogEvent): Contribution[] {
  const experienceUid = experienceOf(event).get('uid') as string;
  const step = objectOf(event, 'step');
  const answer = objectOf(event, 'answer');
  const survey = objectOf(event, 'survey');
  const stepUid = step.get('uid') as string;
  const stepType = textOf(step.get('type'));
  return [
    contribute(Answer, event, {
      jimerUid: jimerOf(event).get('uid') as string,
      experienceUid,
      stepUid,
      surveyUid: survey.get('uid') as string,
      value: answer.raw('value') ?? 'null',
      bucket: bucketOf(stepType, answer.get('value')),
      stepName: textOf(step.get('name')),
      stepType,
      stepIndex: integerOf(step.get('indexOrder')),
    }),
    contribute(Step, event, {
      experienceUid,
      stepUid,
      name: textOf(step.get('name')),
      type: stepType,
      indexOrder: integerOf(step.get('indexOrder')),
    }),
  ];
}

/** Answers to surveys and their results. */
export const surveys = defineProjection<CatalogEvent>({
  name: 'surveys',
  version: 2,
  topics: [TOPICS.engagement],
  tables: [Answer, Step, AnswerDistribution, StepResponses],
  on: { 'survey.step.answered': answered },
});
