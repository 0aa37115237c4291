import type { StoredJson } from '@app/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { ApiStoredJson } from '../../common/http/stored-json.schema';
import { FromDay, ToDay, type DayRange } from '../../common/parameters/day-range';
import { PageQuery } from '../../common/parameters/page';
import { IsSearchText } from '../../common/parameters/text';
import { StepDto } from './results.dto';

/** A jimer's newest answer to a step. */
export class AnswerDto {
  @ApiProperty() stepUid!: string;
  @ApiProperty({ type: String, nullable: true }) stepName!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'NPS' }) stepType!: string | null;
  @ApiStoredJson('As received.') value!: StoredJson | null;
  @ApiProperty({ format: 'date-time' }) at!: string;
}

export class SingleAnswersQuery extends PageQuery implements DayRange {
  @FromDay('answers') from?: string;
  @ToDay('answers') to?: string;

  @ApiPropertyOptional({
    description:
      'A part of the answer, in any letter case; of a scale (NPS, OPINION_SCALE, SLIDER) a number is the whole answer.',
  })
  @IsOptional()
  @IsSearchText()
  q?: string;
}

/** One answer of one end user, without who that is. */
export class SingleAnswerDto {
  @ApiProperty({ description: 'The response that it is part of.' }) surveyUid!: string;
  @ApiStoredJson('As received.') value!: StoredJson | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'In words; choices joined by commas. null for what has none.',
  })
  text!: string | null;
  @ApiProperty({ format: 'date-time' }) at!: string;
}

/** An answer within a response. */
export class ResponseAnswerDto extends AnswerDto {
  @ApiProperty({ type: String, nullable: true, description: 'In words; null for what has none.' })
  text!: string | null;
}

export class SurveyResponsesQuery extends PageQuery implements DayRange {
  @FromDay('responses that began') from?: string;
  @ToDay('responses that began') to?: string;
}

/** A response, which one end user gave, without who that is. */
export class SurveyResponseDto {
  @ApiProperty() surveyUid!: string;
  @ApiProperty({ format: 'uuid' }) jimerUid!: string;
  @ApiProperty({ format: 'date-time' }) startedAt!: string;
  @ApiProperty({ format: 'date-time' }) lastEventAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'null: it is partial.' })
  completedAt!: string | null;
  @ApiProperty({ type: [ResponseAnswerDto], description: 'In the order of the steps.' })
  answers!: ResponseAnswerDto[];
}

/** An answer with who gave it. */
export class JimerAnswerDto extends SingleAnswerDto {
  @ApiProperty({ format: 'uuid' }) jimerUid!: string;
  @ApiProperty({ type: String, nullable: true }) identifyToken!: string | null;
  @ApiProperty({ type: String, nullable: true }) username!: string | null;
  @ApiProperty({ type: String, nullable: true }) email!: string | null;
}

export class JimerAnswerPageDto {
  @ApiProperty({ type: [JimerAnswerDto] }) items!: JimerAnswerDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

/** A response with who gave it. */
export class JimerResponseDto extends SurveyResponseDto {
  @ApiProperty({ type: String, nullable: true }) identifyToken!: string | null;
  @ApiProperty({ type: String, nullable: true }) username!: string | null;
  @ApiProperty({ type: String, nullable: true }) email!: string | null;
}

export class JimerResponsePageDto {
  @ApiProperty({ type: [StepDto], description: 'Every step that anybody has answered, in order.' })
  questions!: StepDto[];
  @ApiProperty({ type: [JimerResponseDto] }) items!: JimerResponseDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}
