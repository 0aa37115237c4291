import type { ExportColumn } from '@app/platform';
import type {
  JourneyTimesDto,
  KnownTaskDto,
  RunDto,
  StepAnswersDto,
  TimelineItemDto,
} from '@app/projections';
import type { ExperienceJimerDto, JimerAnswerDto, JourneyWithAnswersDto } from './answers.dto';

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
  'progress',
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
  'histogram',
];

export const RUN_COLUMNS: readonly ExportColumn<RunDto>[] = [
  'startedAt',
  'completedAt',
  'dismissedAt',
  'outcome',
];

export const TASK_COLUMNS: readonly ExportColumn<KnownTaskDto>[] = ['uid', 'name', 'completed', 'skipped'];

export const ANSWER_COLUMNS: readonly ExportColumn<JimerAnswerDto>[] = [
  'jimerUid',
  'identifyToken',
  'username',
  'email',
  'surveyUid',
  'text',
  'value',
  'at',
];
