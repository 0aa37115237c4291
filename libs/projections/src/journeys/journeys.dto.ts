import { IsDay, PageQuery } from '@app/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';

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
}

export const INTERVALS = ['day', 'week'] as const;
export type Interval = (typeof INTERVALS)[number];

export class FunnelQuery {
  @ApiPropertyOptional({ format: 'date', description: 'First UTC day; absent: the first with data.' })
  @IsOptional()
  @IsDay()
  from?: string;

  @ApiPropertyOptional({
    format: 'date',
    description: 'The UTC day after the last; absent: after the last with data.',
  })
  @IsOptional()
  @IsDay()
  to?: string;

  @ApiPropertyOptional({ enum: INTERVALS, default: 'day', description: 'Weeks are 7 days each from `from`.' })
  @IsIn(INTERVALS, { message: 'interval must be day or week' })
  interval: Interval = 'day';
}

export class FunnelCountsDto {
  @ApiProperty({ type: 'integer', description: 'Jimers whose first event of any kind is in the interval.' })
  saw!: number;
  @ApiProperty({ type: 'integer', description: 'Jimers whose first start is in the interval.' })
  started!: number;
  @ApiProperty({ type: 'integer', description: 'Jimers whose first completion is in the interval.' })
  completed!: number;
  @ApiProperty({ type: 'integer', description: 'Jimers whose first dismissal is in the interval.' })
  dismissed!: number;
  @ApiProperty({ type: Number, nullable: true, description: 'completed by started; null without starts.' })
  completionRate!: number | null;
  @ApiProperty({ type: 'integer', description: 'Events.' }) ctaClicks!: number;
  @ApiProperty({ type: 'integer', description: 'Events.' }) comments!: number;
  @ApiProperty({ type: 'integer', description: 'Jimers whose first like is in the interval.' })
  likes!: number;
}

export class FunnelIntervalDto extends FunnelCountsDto {
  @ApiProperty({ format: 'date', description: 'First UTC day of the interval.' }) from!: string;
  @ApiProperty({ format: 'date', description: 'The UTC day after its last.' }) to!: string;
}

export class FunnelDto {
  @ApiProperty({ type: FunnelCountsDto }) totals!: FunnelCountsDto;
  @ApiProperty({ type: [FunnelIntervalDto] }) series!: FunnelIntervalDto[];
}
