import type { components } from '@app/client';
import { Badge } from '@mantine/core';

export type FeedbackStatus = components['schemas']['FeedbackDto']['status'];

/** In the usual order of an item's progress. */
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

/** Theme colours, shown beside the label and never instead of it. */
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
