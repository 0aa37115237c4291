import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ExportColumn } from '../common/exports/exported';
import { LARGEST_LIMIT, PageLimit, PageQuery } from '../common/parameters/page';
import { AsOfTime, EXACT } from '../evidence/as-of';
import { AnswerDto } from '../experiences/answers/answers.dto';
import { jimers, type JimerAnswer } from './jimers.queries';

export const JOURNEY_STATES = ['seen', 'started', 'completed', 'dismissed'] as const;

export type JourneyState = (typeof JOURNEY_STATES)[number];

export class TaskDto {
  @ApiProperty() uid!: string;
  @ApiProperty({ type: String, nullable: true }) name!: string | null;
  @ApiProperty({ enum: ['completed', 'skipped'], description: 'The newest; on a tie completed.' })
  status!: string;
  @ApiProperty({ format: 'date-time' }) at!: string;
}

/** When what happened in a journey; null: never. */
export class JourneyTimesDto {
  @ApiProperty({ format: 'date-time', description: 'The first event of any kind.' }) firstSeenAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) startedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) lastStartedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) completedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) lastCompletedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) dismissedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) lastDismissedAt!: string | null;
  @ApiProperty({ format: 'date-time' }) lastEventAt!: string;
}

export class ProgressDto {
  @ApiProperty({ type: 'integer', description: 'Tasks that this end user has completed.' })
  completed!: number;
  @ApiProperty({ type: 'integer', description: 'Tasks that this end user has skipped.' }) skipped!: number;
  @ApiProperty({
    type: 'integer',
    description:
      'Tasks of the checklist that any end user has completed or skipped so far: events do not tell how many there are.',
  })
  knownTasks!: number;
}

/** One end user's journey through one experience, without what other slices know of it. */
export class JourneyDto extends JourneyTimesDto {
  @ApiProperty({ format: 'uuid' }) uid!: string;
  @ApiProperty({ type: String, nullable: true }) title!: string | null;
  @ApiProperty({ type: String, nullable: true }) type!: string | null;
  @ApiProperty({ enum: JOURNEY_STATES }) state!: JourneyState;
  @ApiProperty({ type: 'integer' }) starts!: number;
  @ApiProperty({ type: 'integer' }) completions!: number;
  @ApiProperty({ type: 'integer', description: 'Of hints and banners.' }) views!: number;
  @ApiProperty({ type: 'integer' }) ctaClicks!: number;
  @ApiProperty({ type: 'integer' }) comments!: number;
  @ApiProperty() liked!: boolean;
  @ApiProperty({ type: [TaskDto] }) tasks!: TaskDto[];
  @ApiProperty({ type: ProgressDto, nullable: true, description: 'Of checklists.' })
  progress!: ProgressDto | null;
}

export class JourneyWithAnswersDto extends JourneyDto {
  @ApiProperty({ type: [AnswerDto], description: 'The newest per step.' }) answers!: AnswerDto[];
}

export class JimerJourneyDto {
  @ApiProperty({ type: jimers.Answer }) jimer!: JimerAnswer;
  @ApiProperty({ type: [JourneyWithAnswersDto], description: 'The one with the newest event first.' })
  experiences!: JourneyWithAnswersDto[];
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Asks for the experiences that come next; null when there are no more.',
  })
  nextCursor!: string | null;
  @ApiPropertyOptional({ description: EXACT }) exact?: boolean;
}

/** Few end users meet more experiences than the largest page has: they are all there unless a page is asked for. */
export class JourneyQuery extends PageQuery {
  @PageLimit(LARGEST_LIMIT, LARGEST_LIMIT)
  override limit: number = LARGEST_LIMIT;

  @AsOfTime()
  asOf?: string;
}

export const TIMES = [
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
