import { Journey, JOURNEY_STATES, type JourneyState } from '@app/projections';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { ExportColumn } from '../common/exports/exported';
import { IsDuration } from '../common/parameters/duration';
import { PageQuery } from '../common/parameters/page';
import { IDENTITY } from '../jimers/jimers.queries';
import { TIMES } from '../jimers/journey.dto';
import { pick } from '../read-models/columns';
import { pageSchema } from '../read-models/schemas';

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

export const STATE = pick(Journey, 'state', ...TIMES);

export class ExperienceJimerDto extends IntersectionType(IDENTITY.Dto, STATE.Dto) {
  @ApiProperty({ format: 'uuid' }) uid!: string;
}

export class ExperienceJimerPageDto extends pageSchema(ExperienceJimerDto) {}

export const EXPERIENCE_JIMER_COLUMNS: readonly ExportColumn<ExperienceJimerDto>[] = [
  'uid',
  ...IDENTITY.names,
  ...STATE.names,
];
