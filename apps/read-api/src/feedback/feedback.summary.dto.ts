import { FEEDBACK_STATUSES, type FeedbackStatus } from '@app/catalog';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsUid } from '../common/parameters/text';

const BY_STATUS = Object.fromEntries(
  FEEDBACK_STATUSES.map((status) => [status, { type: 'integer' as const }]),
);

/** How many items there are; one that was merged into another counts as merged and as nothing else. */
export class FeedbackCountsDto {
  @ApiProperty({ type: 'integer', example: 12, description: 'Without those that were merged into another.' })
  items!: number;
  @ApiProperty({
    type: 'object',
    properties: BY_STATUS,
    required: [...FEEDBACK_STATUSES],
    additionalProperties: false,
    example: { new: 7, 'under-review': 2, planned: 1, 'in-progress': 1, done: 1, declined: 0 },
  })
  byStatus!: Readonly<Record<FeedbackStatus, number>>;
  @ApiProperty({ type: 'integer', example: 3 }) merged!: number;
}

export class FeedbackProjectCountsDto extends FeedbackCountsDto {
  @ApiProperty() workspace!: string;
  @ApiProperty({ format: 'uuid' }) uid!: string;
  @ApiProperty({ type: String, nullable: true, example: 'Web' }) name!: string | null;
}

export class FeedbackTagCountsDto extends FeedbackCountsDto {
  @ApiProperty({ example: 'quick win' }) tag!: string;
}

export class FeedbackWeekCountsDto extends FeedbackCountsDto {
  @ApiProperty({ format: 'date', example: '2025-02-03', description: 'The Monday that it begins with, UTC.' })
  from!: string;
}

export class OldestUntriagedDto {
  @ApiProperty() uid!: string;
  @ApiProperty() workspace!: string;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) projectUid!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'Web' }) projectName!: string | null;
}

export class FeedbackSummaryDto extends FeedbackCountsDto {
  @ApiProperty({ type: [FeedbackProjectCountsDto], description: 'Most items first, at most 200.' })
  projects!: readonly FeedbackProjectCountsDto[];
  @ApiProperty({
    type: [FeedbackTagCountsDto],
    description: 'Most items first, at most 200; an item counts for each of its tags.',
  })
  tags!: readonly FeedbackTagCountsDto[];
  @ApiProperty({
    type: [FeedbackWeekCountsDto],
    description: 'By the week of submission, oldest first: the newest 104 that have any.',
  })
  weeks!: readonly FeedbackWeekCountsDto[];
  @ApiProperty({
    type: OldestUntriagedDto,
    nullable: true,
    description: 'The item that has been new for longest; null when none is.',
  })
  oldestUntriaged!: OldestUntriagedDto | null;
}

export class FeedbackSummaryQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Only this project.' })
  @IsOptional()
  @IsUid()
  projectUid?: string;
}
