import { JOURNEY_STATES, type JourneyState } from '@app/projections';
import { ApiProperty } from '@nestjs/swagger';
import { PageLimit, PageQuery } from '../common/parameters/page';

/** The state of an end user in one experience, as small as it gets. */
export class TokenStateDto {
  @ApiProperty({ format: 'uuid' }) uid!: string;
  @ApiProperty({ type: String, nullable: true }) type!: string | null;
  @ApiProperty({ enum: JOURNEY_STATES }) state!: JourneyState;
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
