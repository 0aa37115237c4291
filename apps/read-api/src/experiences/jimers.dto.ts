import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { ExportColumn } from '../common/exports/exported';
import { IsDuration } from '../common/parameters/duration';
import { PageQuery } from '../common/parameters/page';
import { JOURNEY_STATES, JourneyTimesDto, TIMES, type JourneyState } from '../jimers/journey.dto';

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

export class ExperienceJimerDto extends JourneyTimesDto {
  @ApiProperty({ format: 'uuid' }) uid!: string;
  @ApiProperty({ type: String, nullable: true }) identifyToken!: string | null;
  @ApiProperty({ type: String, nullable: true }) username!: string | null;
  @ApiProperty({ type: String, nullable: true }) email!: string | null;
  @ApiProperty({ enum: JOURNEY_STATES }) state!: JourneyState;
}

export class ExperienceJimerPageDto {
  @ApiProperty({ type: [ExperienceJimerDto] }) items!: ExperienceJimerDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export const EXPERIENCE_JIMER_COLUMNS: readonly ExportColumn<ExperienceJimerDto>[] = [
  'uid',
  'identifyToken',
  'username',
  'email',
  'state',
  ...TIMES,
];
