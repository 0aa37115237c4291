import { ApiProperty } from '@nestjs/swagger';
import type { ExportColumn } from '../common/exports/exported';

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

export const TIMELINE_COLUMNS: readonly ExportColumn<TimelineItemDto>[] = [
  'id',
  'event',
  'time',
  'experienceUid',
];
