import type { StoredJson } from '@app/platform';
import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { ApiStoredJson } from '../../common/http/stored-json.schema';
import { FromDay, ToDay, type DayRange } from '../../common/parameters/day-range';
import { IntervalDto } from '../../common/parameters/intervals';
import { PageQuery } from '../../common/parameters/page';

export class BucketDto {
  @ApiStoredJson('The answer, or a choice. A list of choices is a set, in an order of its own.')
  value!: StoredJson;
  @ApiProperty({ type: 'integer' }) count!: number;
}

export class NpsDto {
  @ApiProperty({ description: '-100 to 100: percentage of promoters less that of detractors.' })
  score!: number;
  @ApiProperty({ type: 'integer', description: '9 and 10' }) promoters!: number;
  @ApiProperty({ type: 'integer', description: '7 and 8' }) passives!: number;
  @ApiProperty({ type: 'integer', description: '0 to 6' }) detractors!: number;
}

export class BinDto {
  @ApiProperty({ description: 'Its lowest value.' }) from!: number;
  @ApiProperty({
    description:
      'Where the next begins, and not in it; in the last one, and where a bin is one whole number, its highest value.',
  })
  to!: number;
  @ApiProperty({ type: 'integer' }) count!: number;
}

export class StepDto {
  @ApiProperty() stepUid!: string;
  @ApiProperty({ type: String, nullable: true }) stepName!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'NPS' }) stepType!: string | null;
  @ApiProperty({ type: 'integer', nullable: true }) stepIndex!: number | null;
}

export class StepAnswersDto extends StepDto {
  @ApiProperty({ type: 'integer' }) responses!: number;
  @ApiProperty({
    type: [BucketDto],
    description: 'Answers by value, most frequent first, at most 100. Free text is not counted by value.',
  })
  distribution!: BucketDto[];
  @ApiProperty({
    type: [BucketDto],
    nullable: true,
    description:
      'Answers by choice, most frequent first, at most 200: an answer that names several counts for each of them. null for scales.',
  })
  choices!: BucketDto[] | null;
  @ApiProperty({
    type: [BinDto],
    nullable: true,
    description:
      'Of scales: every whole number from 0 to 10 for NPS and from the lowest to the highest answer otherwise, ' +
      'or ten bins of one width where those would be more than 20 or the answers are not whole.',
  })
  histogram!: BinDto[] | null;
  @ApiProperty({ type: Number, nullable: true, description: 'Of scales (NPS, OPINION_SCALE, SLIDER).' })
  mean!: number | null;
  @ApiProperty({ type: Number, nullable: true, description: 'The Net Promoter Score, of steps of type NPS.' })
  score!: number | null;
  @ApiProperty({ type: NpsDto, nullable: true, description: 'What the score is made of.' })
  nps!: NpsDto | null;
}

export class ResponsesDto {
  @ApiProperty({
    type: 'integer',
    description: 'Responses with an answer or a completion; in a range: that began in it.',
  })
  total!: number;
  @ApiProperty({ type: 'integer', description: 'Of these, those that have been given to the end.' })
  completed!: number;
  @ApiProperty({ type: 'integer', description: 'Of these, those that are not completed so far.' })
  partial!: number;
}

export class StepAnswersPageDto {
  @ApiProperty({ description: 'To the whole survey.' }) responses!: ResponsesDto;
  @ApiProperty({ type: [StepAnswersDto] }) items!: StepAnswersDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export class StepResultsQuery extends PageQuery implements DayRange {
  @FromDay('answers') from?: string;
  @ToDay('answers') to?: string;
}

/** Answers on a scale: those that are numbers. */
export class ScaleDto {
  @ApiProperty({ type: 'integer' }) responses!: number;
  @ApiProperty({ type: Number, nullable: true }) mean!: number | null;
  @ApiProperty({ type: NpsDto, nullable: true, description: 'Of steps of type NPS.' }) nps!: NpsDto | null;
}

export class ScaleIntervalDto extends IntersectionType(IntervalDto, ScaleDto) {}

export class ScaleSeriesDto extends StepDto {
  @ApiProperty({ type: ScaleDto, description: 'Of the whole range.' }) totals!: ScaleDto;
  @ApiProperty({
    type: ScaleDto,
    description: 'Of the days ahead of the series, which has at most 1,000 intervals; none with `from`.',
  })
  before!: ScaleDto;
  @ApiProperty({
    type: [ScaleIntervalDto],
    description: 'By the UTC day of each newest answer. Empty for steps that are no scale.',
  })
  series!: ScaleIntervalDto[];
}
