import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { IntervalDto, IntervalQuery } from '../common/parameters/intervals';

export class FunnelQuery extends IntervalQuery {}

export class FunnelCountsDto {
  @ApiProperty({ type: 'integer', description: 'Jimers whose first event of any kind is in the interval.' })
  saw!: number;
  @ApiProperty({ type: 'integer', description: 'Jimers whose first start is in the interval.' })
  started!: number;
  @ApiProperty({ type: 'integer', description: 'Jimers whose first completion is in the interval.' })
  completed!: number;
  @ApiProperty({
    type: 'integer',
    description:
      'Of the jimers whose first start is in the interval, those who have completed at or after that start, be it in a later interval.',
  })
  startedAndCompleted!: number;
  @ApiProperty({ type: 'integer', description: 'Jimers whose first dismissal is in the interval.' })
  dismissed!: number;
  @ApiProperty({
    type: Number,
    nullable: true,
    minimum: 0,
    maximum: 1,
    description:
      '`startedAndCompleted` by `started`: the share of the jimers who first started in the interval and have completed since; null without starts.',
  })
  completionRate!: number | null;
  @ApiProperty({ type: 'integer', description: 'Events.' }) ctaClicks!: number;
  @ApiProperty({ type: 'integer', description: 'Events.' }) comments!: number;
  @ApiProperty({ type: 'integer', description: 'Jimers whose first like is in the interval.' })
  likes!: number;
}

export class FunnelIntervalDto extends IntersectionType(IntervalDto, FunnelCountsDto) {}

export class FunnelDto {
  @ApiProperty({ type: FunnelCountsDto, description: 'Of the whole range: `before` and `series` added up.' })
  totals!: FunnelCountsDto;
  @ApiProperty({
    type: FunnelCountsDto,
    description: 'Of the days ahead of the series, which has at most 1,000 intervals; zeros with `from`.',
  })
  before!: FunnelCountsDto;
  @ApiProperty({ type: [FunnelIntervalDto] }) series!: FunnelIntervalDto[];
}
