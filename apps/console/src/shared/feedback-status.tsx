import type { components } from '@app/client';
import { Badge } from '@mantine/core';

export type FeedbackStatus = components['schemas']['FeedbackDto']['status'];

/** In the order in which an item usually passes through them. */
export const FEEDBACK_STATUSES: readonly FeedbackStatus[] = [
  'new',
  'under-review',
  'planned',
  'in-progress',
  'done',
  'declined',
];

export const STATUS_LABELS: Readonly<Record<FeedbackStatus, string>> = {
  new: 'New',
  'under-review': 'Under review',
  planned: 'Planned',
  'in-progress': 'In progress',
  done: 'Done',
  declined: 'Declined',
};

/** A colour of the theme beside the label, never instead of it. */
export const STATUS_COLORS: Readonly<Record<FeedbackStatus, string>> = {
  new: 'blue',
  'under-review': 'violet',
  planned: 'cyan',
  'in-progress': 'orange',
  done: 'green',
  declined: 'gray',
};

export function FeedbackStatusBadge({ status }: { status: FeedbackStatus }) {
  return (
    <Badge variant="dot" color={STATUS_COLORS[status]} tt="none" fw={500}>
      {STATUS_LABELS[status]}
    </Badge>
  );
}
