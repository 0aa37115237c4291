import { ApiProperty } from '@nestjs/swagger';
import { FunnelCountsDto } from '../jimers/journeys.dto';
import { EXPERIENCE_STATUSES, type ExperienceStatus } from './experiences.dto';
import { PeriodDto } from './most-used';

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
