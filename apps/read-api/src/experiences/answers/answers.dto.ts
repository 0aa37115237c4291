import { Answer, Response } from '@app/projections';
import { ApiProperty, ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { FromDay, ToDay, type DayRange } from '../../common/parameters/day-range';
import { PageQuery } from '../../common/parameters/page';
import { IsSearchText } from '../../common/parameters/text';
import { IDENTITY } from '../../jimers/jimers.queries';
import { pick } from '../../read-models/columns';
import { pageSchema } from '../../read-models/schemas';
import { StepDto } from './results.dto';

export const ANSWER = pick(Answer, 'stepUid', 'stepName', 'stepType', 'value', 'at');

/** A jimer's newest answer to a step. */
export class AnswerDto extends ANSWER.Dto {}

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

export const SINGLE_ANSWER = pick(Answer, 'jimerUid', 'surveyUid', 'value', 'text', 'at');
export type SingleAnswer = InstanceType<typeof SINGLE_ANSWER.Dto>;

/** An answer with who gave it. */
export class JimerAnswerDto extends IntersectionType(SINGLE_ANSWER.Dto, IDENTITY.Dto) {}

export class JimerAnswerPageDto extends pageSchema(JimerAnswerDto) {}

export const RESPONSE_ANSWER = pick(Answer, 'stepUid', 'stepName', 'stepType', 'text', 'value', 'at');

/** An answer within a response. */
export class ResponseAnswerDto extends RESPONSE_ANSWER.Dto {}

export class SurveyResponsesQuery extends PageQuery implements DayRange {
  @FromDay('responses that began') from?: string;
  @ToDay('responses that began') to?: string;
}

export const RESPONSE = pick(Response, 'jimerUid', 'surveyUid', 'startedAt', 'lastEventAt', 'completedAt');

/** A response, which one end user gave, without who that is. */
export class SurveyResponseDto extends RESPONSE.Dto {
  @ApiProperty({ type: [ResponseAnswerDto], description: 'In the order of the steps.' })
  answers!: ResponseAnswerDto[];
}

/** A response with who gave it. */
export class JimerResponseDto extends IntersectionType(SurveyResponseDto, IDENTITY.Dto) {}

export class JimerResponsePageDto extends pageSchema(JimerResponseDto) {
  @ApiProperty({ type: [StepDto], description: 'Every step that anybody has answered, in order.' })
  questions!: StepDto[];
}
