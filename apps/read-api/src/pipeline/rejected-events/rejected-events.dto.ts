import type { StoredJson } from '@app/platform';
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { FieldProblemDto } from '../../common/http/read-controller';
import { ApiStoredJson } from '../../common/http/stored-json.schema';
import { PageQuery } from '../../common/parameters/page';
import { IsPlainText } from '../../common/parameters/text';

const REJECTED_EVENT_STATES = ['set-aside', 'replayed', 'discarded'] as const;
/** Replayed is in the read models, whether it was given up as well or not. */
export type RejectedEventState = (typeof REJECTED_EVENT_STATES)[number];

// The names of the schemas are the contract's, and older than the term.
@ApiSchema({ name: 'SetAsideDto' })
export class RejectedEventDto {
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
  @ApiProperty({ enum: REJECTED_EVENT_STATES }) state!: RejectedEventState;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it was given up.' })
  discardedAt!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Why it was given up.' })
  discardReason!: string | null;
}

@ApiSchema({ name: 'SetAsidePageDto' })
export class RejectedEventsPageDto {
  @ApiProperty({ type: [RejectedEventDto] }) items!: RejectedEventDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

/** Which events of a list are meant. */
export interface RejectedEventsFilter {
  readonly state: RejectedEventState;
  readonly event?: string;
  readonly problem?: string;
}

const LONGEST_PROBLEM = 2_000;

export class RejectedEventsQuery extends PageQuery implements RejectedEventsFilter {
  @StateFilter()
  state: RejectedEventState = 'set-aside';

  @EventFilter()
  event?: string;

  @ProblemFilter()
  problem?: string;
}

/** Only events in a state. */
function StateFilter(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({
      enum: REJECTED_EVENT_STATES,
      default: 'set-aside',
      description: 'Only events in this state.',
    }),
    IsIn(REJECTED_EVENT_STATES, { message: `state must be one of ${REJECTED_EVENT_STATES.join(', ')}` }),
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

export class RejectedEventsSummaryQuery {
  @StateFilter()
  state: RejectedEventState = 'set-aside';
}

@ApiSchema({ name: 'SetAsideGroupDto' })
export class RejectedEventsGroupDto {
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

@ApiSchema({ name: 'SetAsideSummaryDto' })
export class RejectedEventsSummaryDto {
  @ApiProperty({ type: 'integer', description: 'All events in the state, those of further groups included.' })
  total!: number;
  @ApiProperty({ type: [RejectedEventsGroupDto], description: 'The 100 largest groups, the largest first.' })
  groups!: RejectedEventsGroupDto[];
}
