import { short } from '../../../shared/short';
import type { StepAnswers } from './use-answers';

/** How the results of a step are shown. */
export type StepKind = 'nps' | 'scale' | 'choices' | 'text';

/** By what the API found: it knows which types are scales, and counts no free text by value. */
export function kindOf({ nps, histogram, distribution, stepType }: StepAnswers): StepKind {
  if (nps) return 'nps';
  if (histogram) return 'scale';
  if (distribution.length > 0 && !stepType?.startsWith('TEXT')) return 'choices';
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

/**
 * How many answers name each choice. An answer that is a list counts for each of its choices, and once for one that it
 * names twice.
 */
export function choicesOf(distribution: StepAnswers['distribution']): Choice[] {
  const counts = new Map<string, number>();
  for (const { value, count } of distribution) {
    const named = new Set((Array.isArray(value) ? value : [value]).map(inWords));
    for (const label of named) counts.set(label, (counts.get(label) ?? 0) + count);
  }
  return [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count);
}

const inWords = (value: unknown): string => {
  if (value === null) return '(nothing)';
  if (typeof value === 'string') return short(value) || '(empty)';
  return short(JSON.stringify(value));
};
