import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ExportColumn } from '../common/exports/exported';
import { PageQuery } from '../common/parameters/page';
import { AsOfTime, EXACT } from '../evidence/as-of';

export class TimelineQuery extends PageQuery {
  @AsOfTime()
  asOf?: string;
}

export class TimelineItemDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'tour.started' }) event!: string;
  @ApiProperty({ format: 'date-time' }) time!: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) experienceUid!: string | null;
}

export class TimelinePageDto {
  @ApiProperty({ type: [TimelineItemDto] }) items!: readonly TimelineItemDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
  @ApiPropertyOptional({ description: EXACT }) exact?: boolean;
}

export const TIMELINE_COLUMNS: readonly ExportColumn<TimelineItemDto>[] = [
  'id',
  'event',
  'time',
  'experienceUid',
];
