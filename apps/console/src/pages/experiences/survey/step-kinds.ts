import { short } from '../../../shared/short';
import type { StepAnswers } from './use-answers';

/** How the results of a step are shown. */
export type StepKind = 'nps' | 'scale' | 'choices' | 'text';

/** Derived from what the API returned: it knows which types are scales, and does not count free text by value. */
export function kindOf({ nps, histogram, choices, stepType }: StepAnswers): StepKind {
  if (nps) return 'nps';
  if (histogram) return 'scale';
  if (choices !== null && choices.length > 0 && !stepType?.startsWith('TEXT')) return 'choices';
  return 'text';
}

const WORDS: Readonly<Record<string, string>> = {
  NPS: 'Net Promoter Score',
  OPINION_SCALE: 'Scale',
  SLIDER: 'Slider',
  MULTIPLE_CHOICE_SINGLE_SELECT: 'One choice',
  MULTIPLE_CHOICE_MULTI_SELECT: 'Several choices',
  TEXT_SHORT: 'Short text',
  TEXT_LONG: 'Text',
};

export const stepTypeWord = (type: string | null): string =>
  type === null ? 'Question' : (WORDS[type] ?? type.toLowerCase().replaceAll('_', ' '));

export const stepTitle = ({ stepName, stepIndex, stepUid }: StepAnswers): string => {
  const name = short(stepName ?? '', 300) || `Step ${stepUid}`;
  return stepIndex === null ? name : `${stepIndex + 1}. ${name}`;
};

export interface Choice {
  readonly label: string;
  readonly count: number;
}

/** The API's count of answers per choice; choices with the same label are added up. */
export function choicesOf({ choices }: StepAnswers): Choice[] {
  const counts = new Map<string, number>();
  for (const { value, count } of choices ?? [])
    counts.set(inWords(value), (counts.get(inWords(value)) ?? 0) + count);
  return [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count);
}

const inWords = (value: unknown): string => {
  if (value === null) return '(nothing)';
  if (typeof value === 'string') return short(value) || '(empty)';
  return short(JSON.stringify(value));
};
