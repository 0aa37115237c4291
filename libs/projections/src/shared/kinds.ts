import type { EventName } from '@app/catalog';

/** Which kinds mean what in a journey. The read side counts by the same lists. */
export const STARTS = ['tour.started', 'survey.started', 'checklist.started'] as const satisfies EventName[];
export const COMPLETIONS = [
  'tour.completed',
  'survey.completed',
  'checklist.completed',
] as const satisfies EventName[];
export const DISMISSALS = ['checklist.dismissed'] as const satisfies EventName[];
export const VIEWS = ['hint.seen', 'banner.seen'] as const satisfies EventName[];
export const CTA_CLICKS = ['tour.cta.clicked', 'post.cta.clicked'] as const satisfies EventName[];
export const LIKES = ['post.liked'] as const satisfies EventName[];
export const COMMENTS = ['post.commented'] as const satisfies EventName[];
export const TASKS = ['checklist.task.completed', 'checklist.task.skipped'] as const satisfies EventName[];
export const ANSWERS = ['survey.step.answered'] as const satisfies EventName[];

/** Everything that a jimer does with an experience. */
export const ENGAGEMENT = [
  ...STARTS,
  ...COMPLETIONS,
  ...DISMISSALS,
  ...VIEWS,
  ...CTA_CLICKS,
  ...LIKES,
  ...COMMENTS,
  ...TASKS,
  ...ANSWERS,
] as const satisfies EventName[];

/** The same handler for several kinds. */
export function forKinds<H>(kinds: readonly EventName[], handler: H): Partial<Record<EventName, H>> {
  return Object.fromEntries(kinds.map((kind) => [kind, handler]));
}
