import { EXPERIENCE_STATUSES, type ExperienceStatus } from '@app/projections';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import type { ExportColumn } from '../common/exports/exported';
import { IsMoment } from '../common/parameters/moments';
import { PageQuery } from '../common/parameters/page';
import { experiences, type ExperienceAnswer } from '../experiences/experiences.queries';
import { pageSchema } from '../read-models/schemas';

export class LifecycleItemDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'tour.published' }) event!: string;
  @ApiProperty({ format: 'date-time' }) time!: string;
  @ApiProperty({ type: experiences.partSchema('lastChangedBy'), nullable: true })
  user!: ExperienceAnswer['lastChangedBy'];
  @ApiProperty({ enum: EXPERIENCE_STATUSES, description: 'After this event, at its time.' })
  status!: ExperienceStatus;
}

export class HistoryPageDto extends pageSchema(LifecycleItemDto) {}

/** What a member of the team did to an experience. */
export class LifecycleEventDto extends LifecycleItemDto {
  @ApiProperty() workspace!: string;
  @ApiProperty({ format: 'uuid' }) experienceUid!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'After this event; the newest where it told none.',
  })
  title!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'TOUR' }) type!: string | null;
}

export class LifecyclePageDto extends pageSchema(LifecycleEventDto) {}

export class LifecycleQuery extends PageQuery {
  @ApiPropertyOptional({
    description: 'Only events from then on: a UTC day, or a time with its zone.',
    example: '2025-02-03T08:00:00Z',
  })
  @IsOptional()
  @IsMoment()
  from?: string;

  @ApiPropertyOptional({
    description: 'Only events before: a UTC day, or a time with its zone.',
    example: '2025-02-04',
  })
  @IsOptional()
  @IsMoment()
  to?: string;
}

const USER_COLUMNS: readonly ExportColumn<LifecycleItemDto>[] = [
  ['userUid', ({ user }) => user?.uid],
  ['userEmail', ({ user }) => user?.email],
  ['userFirstName', ({ user }) => user?.firstName],
  ['userLastName', ({ user }) => user?.lastName],
];

export const HISTORY_COLUMNS: readonly ExportColumn<LifecycleItemDto>[] = [
  'id',
  'event',
  'time',
  ...USER_COLUMNS,
  'status',
];

export const LIFECYCLE_COLUMNS: readonly ExportColumn<LifecycleEventDto>[] = [
  'id',
  'workspace',
  'experienceUid',
  'title',
  'type',
  'event',
  'time',
  ...USER_COLUMNS,
  'status',
];
