import { EXPERIENCE_STATUSES, type ExperienceStatus } from '@app/projections';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { LARGEST_LIMIT } from '../common/parameters/page';
import { IsDay } from '../common/parameters/text';
import { FunnelCountsDto } from './funnel.dto';

const USES = ['saw', 'started', 'completed'] as const;

const LIMIT = `limit must be a whole number from 1 to ${LARGEST_LIMIT}`;

export class MostUsedQuery {
  @ApiPropertyOptional({ format: 'date', description: 'First UTC day; absent: 30 days before `to`.' })
  @IsOptional()
  @IsDay()
  from?: string;

  @ApiPropertyOptional({ format: 'date', description: 'The UTC day after the last; absent: tomorrow.' })
  @IsOptional()
  @IsDay()
  to?: string;

  @ApiPropertyOptional({ enum: USES, default: 'saw', description: 'By which count they are in order.' })
  @IsIn(USES, { message: `by must be one of ${USES.join(', ')}` })
  by: (typeof USES)[number] = 'saw';

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: LARGEST_LIMIT, default: 10 })
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
  )
  @IsInt({ message: LIMIT })
  @Min(1, { message: LIMIT })
  @Max(LARGEST_LIMIT, { message: LIMIT })
  limit: number = 10;
}

/** Days as YYYY-MM-DD, the second one not included. */
export class PeriodDto {
  @ApiProperty({ format: 'date', description: 'First UTC day.' }) from!: string;
  @ApiProperty({ format: 'date', description: 'The UTC day after the last.' }) to!: string;
}

/** An experience, and who used it in a period. */
export class UsedExperienceDto extends FunnelCountsDto {
  @ApiProperty({ format: 'uuid' }) uid!: string;
  @ApiProperty() workspace!: string;
  @ApiProperty({ type: String, nullable: true }) title!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'TOUR' }) type!: string | null;
  @ApiProperty({
    enum: EXPERIENCE_STATUSES,
    nullable: true,
    description: 'null while the experience itself is not known yet.',
  })
  status!: ExperienceStatus | null;
}

export class MostUsedDto extends PeriodDto {
  @ApiProperty({ type: [UsedExperienceDto] }) items!: UsedExperienceDto[];
}
