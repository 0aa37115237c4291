import type { ExportColumn } from '../exports/exported';
import type { JourneyTimesDto, KnownTaskDto, RunDto, TimelineItemDto } from '../jimers/journeys.dto';
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
  ['tasks', ({ tasks }) => tasks.map(({ uid, name, status }) => `${name ?? uid}: ${status}`)],
  [
    'answers',
    ({ answers }) => answers.map(({ stepName, stepUid, value }) => ({ [stepName ?? stepUid]: value })),
  ],
  ['progressCompleted', ({ progress }) => progress?.completed],
  ['progressSkipped', ({ progress }) => progress?.skipped],
  ['progressKnownTasks', ({ progress }) => progress?.knownTasks],
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
