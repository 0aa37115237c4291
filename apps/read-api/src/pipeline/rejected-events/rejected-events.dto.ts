import type { StoredJson } from '@app/platform';
import { RejectedEvent } from '@app/projections';
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiSchema, IntersectionType } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { FieldProblemDto } from '../../common/http/read-controller';
import { PageQuery } from '../../common/parameters/page';
import { IsPlainText } from '../../common/parameters/text';
import { pick } from '../../read-models/columns';
import { pageSchema } from '../../read-models/schemas';

const REJECTED_EVENT_STATES = ['set-aside', 'replayed', 'discarded'] as const;
/** Replayed is in the read models, whether it was given up as well or not. */
export type RejectedEventState = (typeof REJECTED_EVENT_STATES)[number];

export const REJECTED = pick(RejectedEvent, 'id', 'workspace', 'event', 'time', 'receivedAt');
export const REPLAYED = pick(RejectedEvent, 'payload', 'replayedAt', 'acceptedId', 'replayedPosition');
export const DISCARDED = pick(RejectedEvent, 'discardedAt', 'discardReason');

// The names of the schemas are the contract's, and older than the term.
@ApiSchema({ name: 'SetAsideDto' })
export class RejectedEventDto extends IntersectionType(REJECTED.Dto, REPLAYED.Dto, DISCARDED.Dto) {
  @ApiProperty({ type: [FieldProblemDto], description: 'Why it is here; empty for an unknown kind.' })
  problems!: StoredJson;
  @ApiProperty({ enum: REJECTED_EVENT_STATES }) state!: RejectedEventState;
}

@ApiSchema({ name: 'SetAsidePageDto' })
export class RejectedEventsPageDto extends pageSchema(RejectedEventDto) {}

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
