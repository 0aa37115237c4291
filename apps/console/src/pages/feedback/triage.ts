import type { components } from '@app/client';
import type { FeedbackStatus } from '../../shared/feedback-status';
import { short } from '../../shared/short';
import { textIn } from '../../shared/request-text';

export type Feedback = components['schemas']['FeedbackDto'];
export type FeedbackItem = components['schemas']['FeedbackItemDto'];
export type FeedbackChange = components['schemas']['FeedbackChangeDto'];

/** The fields that triage changes. */
export interface Triage {
  readonly status: FeedbackStatus;
  readonly tags: readonly string[];
  readonly assignee: string | null;
  readonly note: string | null;
  readonly mergedInto: string | null;
}
export type Field = keyof Triage;

export const FIELDS: readonly Field[] = ['status', 'tags', 'assignee', 'note', 'mergedInto'];

export const FIELD_LABELS: Readonly<Record<Field, string>> = {
  status: 'Status',
  tags: 'Tags',
  assignee: 'Assignee',
  note: 'Note',
  mergedInto: 'Merged into',
};

/** Must match the API's `TRIAGE_LIMITS`. */
export const LIMITS = { tags: 20, tag: 50, assignee: 200, note: 10_000, actor: 200 } as const;

export const triageOf = ({ status, tags, assignee, note, mergedInto }: Triage): Triage => ({
  status,
  tags,
  assignee,
  note,
  mergedInto,
});

/** Whether the API would treat two values as equal; tags are a set. */
export function sameValue<F extends Field>(field: F, a: Triage[F], b: Triage[F]): boolean {
  if (field !== 'tags') return a === b;
  const [one, other] = [new Set(a as readonly string[]), new Set(b as readonly string[])];
  return one.size === other.size && [...one].every((tag) => other.has(tag));
}

/** Uids are unique within a workspace only. */
export const keyOf = ({ workspace, uid }: { readonly workspace: string; readonly uid: string }): string =>
  JSON.stringify([workspace, uid]);

export const projectNameOf = ({ project }: Pick<Feedback, 'project'>): string | null =>
  short(textIn(project, 'name', 'uid') ?? '', 60) || null;

/** The author of a change, as shown in the history. */
export const whoMade = ({ actor, by }: Pick<FeedbackChange, 'actor' | 'by'>): string => actor ?? by;
