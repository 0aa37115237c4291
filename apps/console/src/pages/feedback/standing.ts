import type { components } from '@app/client';
import type { FeedbackStatus } from '../../shared/feedback-status';
import { short } from '../../shared/short';
import { textIn } from '../../shared/request-text';

export type Feedback = components['schemas']['FeedbackDto'];
export type FeedbackItem = components['schemas']['FeedbackItemDto'];
export type FeedbackChange = components['schemas']['FeedbackChangeDto'];

/** What triage changes. */
export interface Standing {
  readonly status: FeedbackStatus;
  readonly tags: readonly string[];
  readonly assignee: string | null;
  readonly note: string | null;
  readonly mergedInto: string | null;
}
export type Field = keyof Standing;

export const FIELDS: readonly Field[] = ['status', 'tags', 'assignee', 'note', 'mergedInto'];

export const FIELD_LABELS: Readonly<Record<Field, string>> = {
  status: 'Status',
  tags: 'Tags',
  assignee: 'Assignee',
  note: 'Note',
  mergedInto: 'Merged into',
};

/** As the API has them (`TRIAGE_LIMITS`). */
export const LIMITS = { tags: 20, tag: 50, assignee: 200, note: 10_000, actor: 200 } as const;

export const standingOf = ({ status, tags, assignee, note, mergedInto }: Standing): Standing => ({
  status,
  tags,
  assignee,
  note,
  mergedInto,
});

/** Whether two values of a field are the same for the API: tags are a set. */
export function sameValue<F extends Field>(field: F, a: Standing[F], b: Standing[F]): boolean {
  if (field !== 'tags') return a === b;
  const [one, other] = [new Set(a as readonly string[]), new Set(b as readonly string[])];
  return one.size === other.size && [...one].every((tag) => other.has(tag));
}

/** Uids are unique within a workspace only. */
export const keyOf = ({ workspace, uid }: { readonly workspace: string; readonly uid: string }): string =>
  JSON.stringify([workspace, uid]);

export const projectNameOf = ({ project }: Pick<Feedback, 'project'>): string | null =>
  short(textIn(project, 'name', 'uid') ?? '', 60) || null;

/** Who changed it, as the history says it. */
export const whoMade = ({ actor, by }: Pick<FeedbackChange, 'actor' | 'by'>): string => actor ?? by;
