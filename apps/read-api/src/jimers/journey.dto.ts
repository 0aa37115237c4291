import { Journey, Task } from '@app/projections';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ExportColumn } from '../common/exports/exported';
import { LARGEST_LIMIT, PageLimit, PageQuery } from '../common/parameters/page';
import { AsOfTime, EXACT } from '../evidence/as-of';
import { AnswerDto } from '../experiences/answers/answers.dto';
import { pick } from '../read-models/columns';
import { jimers, type JimerAnswer } from './jimers.queries';

/** When what happened in a journey; null: never. */
export const TIMES = [
  ...(['firstSeenAt', 'startedAt', 'lastStartedAt', 'completedAt', 'lastCompletedAt'] as const),
  ...(['dismissedAt', 'lastDismissedAt', 'lastEventAt'] as const),
] as const;

export const JOURNEY = pick(Journey, 'title', 'type', 'state', ...TIMES);
export const TASK = pick(Task, 'uid', 'name', 'status', 'at');

export class TaskDto extends TASK.Dto {}

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
export class JourneyDto extends JOURNEY.Dto {
  @ApiProperty({ format: 'uuid' }) uid!: string;
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

export const JOURNEY_COLUMNS: readonly ExportColumn<JourneyWithAnswersDto>[] = [
  'uid',
  ...JOURNEY.names,
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
