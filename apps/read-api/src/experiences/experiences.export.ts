import type { ExportColumn } from '../exports/exported';
import type { LifecycleEventDto } from '../lifecycle/lifecycle.dto';
import type { ExperienceDto, LifecycleItemDto } from './experiences.dto';

export const EXPERIENCE_COLUMNS: readonly ExportColumn<ExperienceDto>[] = [
  'uid',
  'workspace',
  'title',
  'type',
  'status',
  'state',
  'isDraft',
  'createdAt',
  'publishedAt',
  'expiresAt',
  'triggerType',
  'recurrencyType',
  'recurrencyValue',
  'tags',
  'firstPublishedAt',
  'deletedAt',
  ['lastChangedByUid', ({ lastChangedBy }) => lastChangedBy?.uid],
  ['lastChangedByEmail', ({ lastChangedBy }) => lastChangedBy?.email],
  ['lastChangedByFirstName', ({ lastChangedBy }) => lastChangedBy?.firstName],
  ['lastChangedByLastName', ({ lastChangedBy }) => lastChangedBy?.lastName],
];

export const HISTORY_COLUMNS: readonly ExportColumn<LifecycleItemDto>[] = [
  'id',
  'event',
  'time',
  ['userUid', ({ user }) => user?.uid],
  ['userEmail', ({ user }) => user?.email],
  ['userFirstName', ({ user }) => user?.firstName],
  ['userLastName', ({ user }) => user?.lastName],
  'status',
];

export const LIFECYCLE_COLUMNS: readonly ExportColumn<LifecycleEventDto>[] = [
  'id',
  'workspace',
  'experienceUid',
  'title',
  'type',
  'event',
  'time',
  ['userUid', ({ user }) => user?.uid],
  ['userEmail', ({ user }) => user?.email],
  ['userFirstName', ({ user }) => user?.firstName],
  ['userLastName', ({ user }) => user?.lastName],
  'status',
];
