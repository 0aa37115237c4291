import type { StoredJson } from '@app/platform';
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { ApiStoredJson } from '../../http/stored-json.schema';
import { FieldProblemDto } from '../../http/read-controller';
import { IsPlainText } from '../../parameters/text';
import { PageQuery } from '../../paging/page';

const SET_ASIDE_STATES = ['set-aside', 'replayed', 'discarded'] as const;
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

/** Which events of a list are meant. */
export interface SetAsideFilter {
  readonly state: SetAsideState;
  readonly event?: string;
  readonly problem?: string;
}

const LONGEST_PROBLEM = 2_000;

export class SetAsideQuery extends PageQuery implements SetAsideFilter {
  @StateFilter()
  state: SetAsideState = 'set-aside';

  @EventFilter()
  event?: string;

  @ProblemFilter()
  problem?: string;
}

/** Only events in a state. */
function StateFilter(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      enum: SET_ASIDE_STATES,
      default: 'set-aside',
      description: 'Only events in this state.',
    }),
    IsIn(SET_ASIDE_STATES, { message: `state must be one of ${SET_ASIDE_STATES.join(', ')}` }),
  );
}

/** Only events of a name. */
export function EventFilter(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ example: 'tour.started', description: 'Only events of this name.' }),
    IsOptional(),
    IsPlainText(),
  );
}

/** Only events that have a problem first. */
export function ProblemFilter(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      example: 'jimer: is missing',
      description: 'Only events with this `problem` of the summary.',
    }),
    IsOptional(),
    IsPlainText(LONGEST_PROBLEM),
  );
}

export class SetAsideSummaryQuery {
  @StateFilter()
  state: SetAsideState = 'set-aside';
}

export class SetAsideGroupDto {
  @ApiProperty({ type: String, nullable: true, example: 'tour.started' }) event!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'jimer: is missing',
    description: 'The first of its `problems`, as `path: message`; null for an unknown kind.',
  })
  problem!: string | null;
  @ApiProperty({ type: 'integer', description: 'Events of this name with this problem.' }) count!: number;
  @ApiProperty({ type: String, format: 'date-time', description: 'When the oldest was received.' })
  firstReceivedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', description: 'When the newest was received.' })
  lastReceivedAt!: string | null;
}

export class SetAsideSummaryDto {
  @ApiProperty({ type: 'integer', description: 'All events in the state, those of further groups included.' })
  total!: number;
  @ApiProperty({ type: [SetAsideGroupDto], description: 'The 100 largest groups, the largest first.' })
  groups!: SetAsideGroupDto[];
}
