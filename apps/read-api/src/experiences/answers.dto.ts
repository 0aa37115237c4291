import { ApiProperty } from '@nestjs/swagger';
import { LARGEST_LIMIT, PageLimit, PageQuery } from '../paging/page';
import { JimerDto } from '../jimers/jimers.dto';
import {
  JOURNEY_STATES,
  JourneyDto,
  JourneyTimesDto,
  TokenStateDto,
  type JourneyState,
} from '../jimers/journeys.dto';
import { AnswerDto, SingleAnswerDto, StepDto, SurveyResponseDto } from './answers/surveys.dto';

export class JourneyWithAnswersDto extends JourneyDto {
  @ApiProperty({ type: [AnswerDto], description: 'The newest per step.' }) answers!: AnswerDto[];
}

export class JimerJourneyDto {
  @ApiProperty() jimer!: JimerDto;
  @ApiProperty({ type: [JourneyWithAnswersDto], description: 'The one with the newest event first.' })
  experiences!: JourneyWithAnswersDto[];
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Asks for the experiences that come next; null when there are no more.',
  })
  nextCursor!: string | null;
}

/** Few end users meet more experiences than the largest page has: they are all there unless a page is asked for. */
export class JourneyQuery extends PageQuery {
  @PageLimit(LARGEST_LIMIT, LARGEST_LIMIT)
  override limit: number = LARGEST_LIMIT;
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

/** What an end user is in, by the customer's own id of the user. */
export class JimerStateDto {
  @ApiProperty({ format: 'uuid' }) uid!: string;
  @ApiProperty() workspace!: string;
  @ApiProperty({ type: [TokenStateDto], description: 'In order of uid.' }) experiences!: TokenStateDto[];
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Asks for the experiences that come next; null when there are no more.',
  })
  nextCursor!: string | null;
}

const MOST_STATES = 1_000;

/** As for a journey; a state is small, and an application wants them all in one answer. */
export class StateQuery extends PageQuery {
  @PageLimit(MOST_STATES, MOST_STATES)
  override limit: number = MOST_STATES;
}

/** An answer with who gave it. */
export class JimerAnswerDto extends SingleAnswerDto {
  @ApiProperty({ format: 'uuid' }) jimerUid!: string;
  @ApiProperty({ type: String, nullable: true }) identifyToken!: string | null;
  @ApiProperty({ type: String, nullable: true }) username!: string | null;
  @ApiProperty({ type: String, nullable: true }) email!: string | null;
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

export class JimerAnswerPageDto {
  @ApiProperty({ type: [JimerAnswerDto] }) items!: JimerAnswerDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}
