import type { StoredJson } from '@app/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { ExportColumn } from '../exports/exported';
import { ApiStoredJson } from '../http/stored-json.schema';
import { PageQuery } from '../paging/page';
import { IsSearchText } from '../parameters/text';

export const EXPERIENCE_TYPES = ['TOUR', 'SURVEY', 'BANNER', 'HINT', 'CHECKLIST', 'POST'] as const;

export const EXPERIENCE_STATUSES = ['deleted', 'draft', 'expired', 'paused', 'live'] as const;

export type ExperienceStatus = (typeof EXPERIENCE_STATUSES)[number];

/** A member of the customer's team. */
export class UserDto {
  @ApiProperty({ type: String, nullable: true }) uid!: string | null;
  @ApiProperty({ type: String, nullable: true }) email!: string | null;
  @ApiProperty({ type: String, nullable: true }) firstName!: string | null;
  @ApiProperty({ type: String, nullable: true }) lastName!: string | null;
}

export class ExperienceDto {
  @ApiProperty({ format: 'uuid' }) uid!: string;
  @ApiProperty() workspace!: string;
  @ApiProperty({ type: String, nullable: true }) title!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'TOUR' }) type!: string | null;
  @ApiProperty({ enum: EXPERIENCE_STATUSES }) status!: ExperienceStatus;
  @ApiProperty({ type: String, nullable: true, example: 'LIVE' }) state!: string | null;
  @ApiProperty({ type: Boolean, nullable: true }) isDraft!: boolean | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) createdAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) publishedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) expiresAt!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'DEFAULT' }) triggerType!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'SINGLE_TIME' }) recurrencyType!: string | null;
  @ApiStoredJson('As received: days, when recurrencyType is DAY_BASED.')
  recurrencyValue!: StoredJson | null;
  @ApiStoredJson('As received: a list of { uid, name }.')
  tags!: StoredJson | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) firstPublishedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) deletedAt!: string | null;
  @ApiProperty({
    type: UserDto,
    nullable: true,
    description: 'Who made the newest change that names a user.',
  })
  lastChangedBy!: UserDto | null;
}

export class ExperiencePageDto {
  @ApiProperty({ type: [ExperienceDto] }) items!: ExperienceDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export class ExperiencesQuery extends PageQuery {
  @ApiPropertyOptional({ enum: EXPERIENCE_TYPES })
  @IsOptional()
  @IsIn(EXPERIENCE_TYPES, { message: `type must be one of ${EXPERIENCE_TYPES.join(', ')}` })
  type?: (typeof EXPERIENCE_TYPES)[number];

  @ApiPropertyOptional({ enum: EXPERIENCE_STATUSES })
  @IsOptional()
  @IsIn(EXPERIENCE_STATUSES, { message: `status must be one of ${EXPERIENCE_STATUSES.join(', ')}` })
  status?: ExperienceStatus;

  @ApiPropertyOptional({ description: 'Uid or name of a tag, exactly.' })
  @IsOptional()
  @IsSearchText()
  tag?: string;

  @ApiPropertyOptional({ description: 'A part of the title, in any letter case.' })
  @IsOptional()
  @IsSearchText()
  q?: string;
}

export const EXPERIENCE_COLUMNS: readonly ExportColumn<ExperienceDto>[] = [
  'uid',
  'workspace',
  'title',
  'type',
  'status',
  'state',
  'isDraft',
  'createdAt',
  'publishedAt',
  'expiresAt',
  'triggerType',
  'recurrencyType',
  'recurrencyValue',
  'tags',
  'firstPublishedAt',
  'deletedAt',
  ['lastChangedByUid', ({ lastChangedBy }) => lastChangedBy?.uid],
  ['lastChangedByEmail', ({ lastChangedBy }) => lastChangedBy?.email],
  ['lastChangedByFirstName', ({ lastChangedBy }) => lastChangedBy?.firstName],
  ['lastChangedByLastName', ({ lastChangedBy }) => lastChangedBy?.lastName],
];
