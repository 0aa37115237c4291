import type { ExportColumn } from '@app/platform';
import type { JourneyTimesDto, StepAnswersDto, TimelineItemDto } from '@app/projections';
import type { ExperienceJimerDto, JourneyWithAnswersDto } from './answers.dto';

const TIMES = [
  'firstSeenAt',
  'startedAt',
  'lastStartedAt',
  'completedAt',
  'lastCompletedAt',
  'dismissedAt',
  'lastDismissedAt',
  'lastEventAt',
] as const satisfies (keyof JourneyTimesDto)[];

export const JOURNEY_COLUMNS: readonly ExportColumn<JourneyWithAnswersDto>[] = [
  'uid',
  'title',
  'type',
  'state',
  ...TIMES,
  'starts',
  'completions',
  'views',
  'ctaClicks',
  'comments',
  'liked',
  'tasks',
  'answers',
];

export const TIMELINE_COLUMNS: readonly ExportColumn<TimelineItemDto>[] = [
  'id',
  'event',
  'time',
  'experienceUid',
];

export const EXPERIENCE_JIMER_COLUMNS: readonly ExportColumn<ExperienceJimerDto>[] = [
  'uid',
  'identifyToken',
  'username',
  'email',
  'state',
  ...TIMES,
];

export const STEP_COLUMNS: readonly ExportColumn<StepAnswersDto>[] = [
  'stepUid',
  'stepName',
  'stepType',
  'stepIndex',
  'responses',
  'mean',
  'score',
  ['npsPromoters', ({ nps }) => nps?.promoters],
  ['npsPassives', ({ nps }) => nps?.passives],
  ['npsDetractors', ({ nps }) => nps?.detractors],
  'distribution',
];
