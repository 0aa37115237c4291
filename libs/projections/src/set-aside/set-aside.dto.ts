import { ApiStoredJson, FieldProblemDto, PageQuery, type StoredJson } from '@app/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';

export const SET_ASIDE_STATES = ['set-aside', 'replayed', 'discarded'] as const;
/** Replayed is in the read models, whether it was given up as well or not. */
export type SetAsideState = (typeof SET_ASIDE_STATES)[number];

export class SetAsideDto {
  @ApiProperty({ format: 'uuid', description: 'The id that the gateway answered.' }) id!: string;
  @ApiProperty() workspace!: string;
  @ApiProperty({ type: String, nullable: true, example: 'tour.started' }) event!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) time!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) receivedAt!: string | null;
  @ApiProperty({ type: [FieldProblemDto], description: 'Why it is here; empty for an unknown kind.' })
  problems!: StoredJson;
  @ApiStoredJson('As received.') payload!: StoredJson | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When a replay was accepted, the newest if there were several.',
  })
  replayedAt!: string | null;
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The id under which it was accepted then.',
  })
  acceptedId!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'jimo.engagement/3@17',
    description: 'Where the accepted event stands in the log.',
  })
  replayedPosition!: string | null;
  @ApiProperty({ enum: SET_ASIDE_STATES }) state!: SetAsideState;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it was given up.' })
  discardedAt!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Why it was given up.' })
  discardReason!: string | null;
}

export class SetAsidePageDto {
  @ApiProperty({ type: [SetAsideDto] }) items!: SetAsideDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export class SetAsideQuery extends PageQuery {
  @ApiPropertyOptional({
    enum: SET_ASIDE_STATES,
    default: 'set-aside',
    description: 'Only events in this state.',
  })
  @IsIn(SET_ASIDE_STATES, { message: `state must be one of ${SET_ASIDE_STATES.join(', ')}` })
  state: SetAsideState = 'set-aside';
}
