import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../paging/page';
import { IntervalDto, IntervalQuery } from '../parameters/intervals';
import { IsDuration } from '../experiences/older-than';
import { RUN_OUTCOMES, type RunOutcome } from './runs';

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

/** One run of an end user through an experience: from a start to the next. */
export class RunDto {
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'null: completed or dismissed without a start.',
  })
  startedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) completedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) dismissedAt!: string | null;
  @ApiProperty({
    enum: RUN_OUTCOMES,
    description: '`started`: the newest, not ended so far; `abandoned`: started anew before it ended.',
  })
  outcome!: RunOutcome;
}

export class RunPageDto {
  @ApiProperty({ type: [RunDto] }) items!: RunDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

/** A task of a checklist over all end users. */
export class KnownTaskDto {
  @ApiProperty() uid!: string;
  @ApiProperty({ type: String, nullable: true }) name!: string | null;
  @ApiProperty({ type: 'integer', description: 'End users whose newest event on it is a completion.' })
  completed!: number;
  @ApiProperty({ type: 'integer', description: 'End users whose newest event on it is a skip.' })
  skipped!: number;
}

export class KnownTaskPageDto {
  @ApiProperty({ type: [KnownTaskDto] }) items!: KnownTaskDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

/** The state of an end user in one experience, as small as it gets. */
export class TokenStateDto {
  @ApiProperty({ format: 'uuid' }) uid!: string;
  @ApiProperty({ type: String, nullable: true }) type!: string | null;
  @ApiProperty({ enum: JOURNEY_STATES }) state!: JourneyState;
}

export class TimelineItemDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'tour.started' }) event!: string;
  @ApiProperty({ format: 'date-time' }) time!: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) experienceUid!: string | null;
}

export class TimelinePageDto {
  @ApiProperty({ type: [TimelineItemDto] }) items!: TimelineItemDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export class ExperienceJimersQuery extends PageQuery {
  @ApiPropertyOptional({ enum: JOURNEY_STATES })
  @IsOptional()
  @IsIn(JOURNEY_STATES, { message: `state must be one of ${JOURNEY_STATES.join(', ')}` })
  state?: JourneyState;

  @ApiPropertyOptional({
    example: '7d',
    description:
      'Only those that have been in their state for longer: days (`7`), `2w`, `7d`, `36h`, `90m`, or ISO-8601 (`P7D`). ' +
      'With `state=started`: who started and did not complete within that time.',
  })
  @IsOptional()
  @IsDuration()
  olderThan?: string;
}

/** Counts read the index entry by entry; beyond this nobody asks whether it is one more. */
export const MOST_COUNTED = 10_000;

const counted = { type: 'integer', minimum: 0, maximum: MOST_COUNTED } as const;

export class JimersSummaryDto {
  @ApiProperty(counted) seen!: number;
  @ApiProperty(counted) started!: number;
  @ApiProperty(counted) completed!: number;
  @ApiProperty(counted) dismissed!: number;
}

export class FunnelQuery extends IntervalQuery {}

export class FunnelCountsDto {
  @ApiProperty({ type: 'integer', description: 'Jimers whose first event of any kind is in the interval.' })
  saw!: number;
  @ApiProperty({ type: 'integer', description: 'Jimers whose first start is in the interval.' })
  started!: number;
  @ApiProperty({ type: 'integer', description: 'Jimers whose first completion is in the interval.' })
  completed!: number;
  @ApiProperty({
    type: 'integer',
    description:
      'Of the jimers whose first start is in the interval, those who have completed at or after that start, be it in a later interval.',
  })
  startedAndCompleted!: number;
  @ApiProperty({ type: 'integer', description: 'Jimers whose first dismissal is in the interval.' })
  dismissed!: number;
  @ApiProperty({
    type: Number,
    nullable: true,
    minimum: 0,
    maximum: 1,
    description:
      '`startedAndCompleted` by `started`: the share of the jimers who first started in the interval and have completed since; null without starts.',
  })
  completionRate!: number | null;
  @ApiProperty({ type: 'integer', description: 'Events.' }) ctaClicks!: number;
  @ApiProperty({ type: 'integer', description: 'Events.' }) comments!: number;
  @ApiProperty({ type: 'integer', description: 'Jimers whose first like is in the interval.' })
  likes!: number;
}

export class FunnelIntervalDto extends IntersectionType(IntervalDto, FunnelCountsDto) {}

export class FunnelDto {
  @ApiProperty({ type: FunnelCountsDto, description: 'Of the whole range: `before` and `series` added up.' })
  totals!: FunnelCountsDto;
  @ApiProperty({
    type: FunnelCountsDto,
    description: 'Of the days ahead of the series, which has at most 1,000 intervals; zeros with `from`.',
  })
  before!: FunnelCountsDto;
  @ApiProperty({ type: [FunnelIntervalDto] }) series!: FunnelIntervalDto[];
}
