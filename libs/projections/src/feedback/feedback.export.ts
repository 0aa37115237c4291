import type { ExportColumn } from '@app/platform';
import type { FeedbackDto } from './feedback.dto';

export const FEEDBACK_COLUMNS: readonly ExportColumn<FeedbackDto>[] = [
  'uid',
  'workspace',
  'status',
  'tags',
  'assignee',
  'note',
  'version',
  'createdAt',
  'project',
  'jimer',
  'request',
  'mergedInto',
];
