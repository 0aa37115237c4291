import type { StoredJson } from '@app/platform';
import { ApiProperty } from '@nestjs/swagger';

/** A jimer's newest answer to a step. */
export class AnswerDto {
  @ApiProperty() stepUid!: string;
  @ApiProperty({ type: String, nullable: true }) stepName!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'NPS' }) stepType!: string | null;
  @ApiProperty({ description: 'As received.', type: Object, nullable: true }) value!: StoredJson | null;
  @ApiProperty({ format: 'date-time' }) at!: string;
}

export class BucketDto {
  @ApiProperty({ description: 'The answer: a scalar or a list of choices.', type: Object })
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

export class StepAnswersDto {
  @ApiProperty() stepUid!: string;
  @ApiProperty({ type: String, nullable: true }) stepName!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'NPS' }) stepType!: string | null;
  @ApiProperty({ type: 'integer', nullable: true }) stepIndex!: number | null;
  @ApiProperty({ type: 'integer' }) responses!: number;
  @ApiProperty({
    type: [BucketDto],
    description: 'Most frequent first, at most 100. Free text and long values are not counted by value.',
  })
  distribution!: BucketDto[];
  @ApiProperty({ type: Number, nullable: true, description: 'Of scales (NPS, OPINION_SCALE, SLIDER).' })
  mean!: number | null;
  @ApiProperty({ type: Number, nullable: true, description: 'The Net Promoter Score, of steps of type NPS.' })
  score!: number | null;
  @ApiProperty({ type: NpsDto, nullable: true, description: 'What the score is made of.' })
  nps!: NpsDto | null;
}

export class StepAnswersPageDto {
  @ApiProperty({ type: [StepAnswersDto] }) items!: StepAnswersDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}
