import type { StoredJson } from '@app/platform';
import { ApiProperty, ApiPropertyOptional, ApiResponse } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { problemContent } from '../common/http/read-controller';
import { anyJson } from '../common/http/stored-json.schema';
import { PageQuery } from '../common/parameters/page';

const ORDERS = ['log', 'time'] as const;
const BASES = ['timeline', 'scan'] as const;

/** What the records of an explanation were found by. */
export type Basis = (typeof BASES)[number];

export const DESCRIPTION =
  'The events of the log are folded again: each with what it contributed, which columns of the row it decided, and to which events it lost others. The row that they make is compared with the stored one, both as of one moment.';

export const OtherLogIs409 = (): MethodDecorator =>
  ApiResponse({
    status: 409,
    description: 'The log is not the one that the read models were made of.',
    content: problemContent,
  });

export class ExplainQuery extends PageQuery {
  @ApiPropertyOptional({
    enum: ORDERS,
    default: 'log',
    description: 'Whether events come in the order of the log, or in the order of their own times.',
  })
  @IsOptional()
  @IsIn(ORDERS, { message: `must be one of ${ORDERS.join(', ')}` })
  order: (typeof ORDERS)[number] = 'log';

  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description:
      'Whether the partitions of the log are searched for the events, instead of reading those that the timeline names: slower, and finds what the timeline lacks.',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean({ message: 'must be true or false' })
  scan: boolean = false;
}

export class LostColumnDto {
  @ApiProperty({
    example: 'lastEventAt',
    description: 'A column of the row that the event says something of.',
  })
  column!: string;
  @ApiProperty({ format: 'uuid', description: 'Id of the event that decided the column instead.' })
  to!: string;
}

export class ContributedDto {
  @ApiProperty({ example: 'journey', description: 'The read model that the event contributes to.' })
  model!: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { startedAt: '2025-02-21T08:15:03.000Z' },
    description: 'What it contributes, by column; columns that it says nothing of are left out.',
  })
  values!: Readonly<Record<string, unknown>>;
}

export class ExplainedEventDto {
  @ApiProperty({ format: 'uuid', description: 'Id of the event.' }) id!: string;
  @ApiProperty({ example: 'tour.started', description: 'Name of the event.' }) event!: string;
  @ApiProperty({ format: 'date-time', description: 'When it happened, as it says itself.' }) time!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'jimo.engagement/3@17',
    description: 'Where its newest record is in the log; null where that is not known.',
  })
  position!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When that record was appended to the log; null when the log holds it no longer.',
  })
  appendedAt!: string | null;
  @ApiProperty({
    type: Number,
    nullable: true,
    example: 0.4,
    description: 'Seconds from the time of the event to its arrival in the log.',
  })
  latenessSeconds!: number | null;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 1,
    description:
      'How many copies of it are in the log now; above 1 it was delivered again. Null where counting them would read too much of the log: `scan=true` counts them.',
  })
  deliveries!: number | null;
  @ApiProperty({
    type: [ContributedDto],
    description: 'What it contributes, per read model of the projection.',
  })
  contributed!: ContributedDto[];
  @ApiProperty({
    type: [String],
    example: ['startedAt'],
    description:
      'Columns of the row that it decided: the first event in the log that says what the row says.',
  })
  won!: string[];
  @ApiProperty({
    type: [LostColumnDto],
    description: 'Columns of the row of which it says something else than the event that decided them.',
  })
  lost!: LostColumnDto[];
  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    example: { lastEventAt: '2025-02-21T08:15:03.000Z' },
    description:
      'Columns of the row that it changed, with their values after it, when the events are applied one after the other in the order of this answer. Null where not all events were read.',
  })
  changed!: Readonly<Record<string, unknown>> | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'Why it contributes nothing: its record is gone, or could not be applied; null when it does.',
  })
  note!: string | null;
  @ApiProperty(anyJson('The event as it was received; null when the log holds it no longer.'))
  payload!: StoredJson | null;
}

export class LetterOfRowDto {
  @ApiProperty({ example: '17', description: 'Id of the dead letter.' }) id!: string;
  @ApiProperty({ example: 'journeys', description: 'The projection that could not apply the record.' })
  projection!: string;
  @ApiProperty({ example: 'jimo.engagement/3@17', description: 'Where the record is in the log.' })
  position!: string;
  @ApiProperty({ type: String, nullable: true, example: 'tour.started', description: 'Name of its event.' })
  event!: string | null;
  @ApiProperty({ description: 'Why it could not be applied.' }) reason!: string;
  @ApiProperty({ example: 'set-aside', description: 'set-aside, replayed or discarded.' }) state!: string;
}

export class RejectedOfRowDto {
  @ApiProperty({ format: 'uuid', description: 'The id that the gateway answered.' }) id!: string;
  @ApiProperty({ example: 'quarantine', description: 'quarantine or unrecognized.' }) kind!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Name of the event as it was sent.' })
  event!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When it was received.' })
  receivedAt!: string | null;
}

export class ExplanationDto {
  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    description:
      'The row as the records of the log make it, by column. Null when they make none, although one is stored.',
  })
  row!: Readonly<Record<string, unknown>> | null;
  @ApiProperty({
    type: Boolean,
    nullable: true,
    description:
      'Whether the stored row is equal. `false` says that it is wrong, or that the log is not the one it was made of. Null: it cannot be told, and `notes` says why.',
  })
  matches!: boolean | null;
  @ApiProperty({
    type: [String],
    example: [],
    description: 'Columns in which the stored row differs from `row`.',
  })
  differing!: string[];
  @ApiProperty({
    enum: BASES,
    description:
      'How the events were found: by the positions in the timeline, or by a search of the partitions (`scan=true`).',
  })
  basis!: Basis;
  @ApiProperty({
    type: 'integer',
    description: 'How many events the row comes from.',
  })
  total!: number;
  @ApiProperty({
    type: 'integer',
    description:
      'How many of them were read for this answer. Of many events only those of the page and those that decided a column are read.',
  })
  checked!: number;
  @ApiProperty({ type: [ExplainedEventDto], description: 'The events behind the row.' })
  events!: ExplainedEventDto[];
  @ApiProperty({ type: [LetterOfRowDto], description: 'Dead letters that name the person; at most 100.' })
  deadLetters!: LetterOfRowDto[];
  @ApiProperty({
    type: [RejectedOfRowDto],
    description: 'Rejected events that name the person, for a token of scope admin; at most 100.',
  })
  rejected!: RejectedOfRowDto[];
  @ApiProperty({ type: [String], description: 'What else there is to know of this answer, in sentences.' })
  notes!: string[];
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Asks for the next events; null on the last page.',
  })
  nextCursor!: string | null;
}
