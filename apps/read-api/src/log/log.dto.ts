import type { StoredJson } from '@app/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsOptional, IsString, MaxLength } from 'class-validator';
import { anyJson } from '../common/http/stored-json.schema';
import { DEFAULT_LIMIT, LARGEST_LIMIT, PageLimit } from '../common/parameters/page';
import { IsMoment } from '../common/parameters/moments';
import { IsPlainText, IsUid } from '../common/parameters/text';

/** A cursor has an offset for every partition. */
const LONGEST_CURSOR = 50_000;
const LONGEST_UID = 400;
const SEARCH_BASES = ['timeline', 'scan'] as const;

export class LogQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Only events of this end user.' })
  @IsOptional()
  @IsUid()
  jimerUid?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Only events about this experience or post.' })
  @IsOptional()
  @IsUid()
  experienceUid?: string;

  @ApiPropertyOptional({
    example: 'b7a0c1de-5a4c-4c1c-9d0f-5d1f6f1b0c11',
    description: 'Only events about this request: its submission and its triage.',
  })
  @IsOptional()
  @IsPlainText(LONGEST_UID)
  requestUid?: string;

  @ApiPropertyOptional({
    format: 'uuid',
    example: '0d4ad1a0-3bd2-5e2f-8d3a-0a3f6c1d2b11',
    description:
      'Only the event of this id. With `jimerUid` it is found at once, alone the log is searched for it.',
  })
  @IsOptional()
  @IsUid()
  id?: string;

  @ApiPropertyOptional({
    example: 'tour.started',
    description: 'Only events of this name: one of Jimo, a system event, or of any name with scope admin.',
  })
  @IsOptional()
  @IsPlainText()
  event?: string;

  @ApiPropertyOptional({
    description:
      'Only what was appended at this time of the log or later: a UTC day, or a time with its zone.',
  })
  @IsOptional()
  @IsMoment()
  from?: string;

  @ApiPropertyOptional({ description: 'Only what was appended before this time of the log.' })
  @IsOptional()
  @IsMoment()
  to?: string;

  @ApiPropertyOptional({
    example: 'jimo.engagement/3@17',
    description: 'The one event at this position. No other filter goes with it.',
  })
  @IsOptional()
  @IsPlainText()
  position?: string;

  @ApiPropertyOptional({
    example: 'onboarding',
    description: 'Only events whose JSON text has this part, in any letter case.',
  })
  @IsOptional()
  @IsPlainText()
  q?: string;

  @ApiPropertyOptional({
    type: Boolean,
    description:
      'Whether the events of `jimerUid` are searched in the log although their positions are known: finds those that the read models lack.',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    value === 'true' || value === 'false' ? value === 'true' : value,
  )
  @IsBoolean({ message: 'scan must be true or false' })
  scan?: boolean;

  @PageLimit(LARGEST_LIMIT, DEFAULT_LIMIT)
  limit: number = DEFAULT_LIMIT;

  @ApiPropertyOptional({ description: '`nextCursor` of the page before.' })
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_CURSOR, { message: 'is not one that this list gave' })
  cursor?: string;
}

export class LogEventDto {
  @ApiProperty({ example: 'jimo.engagement/3@17', description: 'Where the event is in the log.' })
  position!: string;
  @ApiProperty({ format: 'date-time', description: 'When the event was appended to the log.' })
  appendedAt!: string;
  @ApiProperty({ type: String, nullable: true, description: 'The workspace that sent the event.' })
  workspace!: string | null;
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Id of the event; null for a record that is no event, which another producer wrote.',
  })
  id!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'tour.started',
    description: 'Name of the event; null for a record that is no event.',
  })
  event!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the event happened, as it says itself; null for a record that is no event.',
  })
  time!: string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { ce_type: 'com.usejimo.tour.started' },
    description: 'The headers of the record.',
  })
  headers!: Readonly<Record<string, string>>;
  @ApiProperty(
    anyJson('The event as received, with `time` in epoch milliseconds. Text that is not JSON is a string.'),
  )
  value!: StoredJson | string;
}

export class LogPageDto {
  @ApiProperty({ type: [LogEventDto], description: 'Newest first. There may be none although more follow.' })
  items!: LogEventDto[];
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Continues the search where this page ended; null once everything was searched.',
  })
  nextCursor!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'The log was searched down to this time; null when there was nothing to search.',
  })
  scannedTo!: string | null;
  @ApiProperty({ type: 'integer', description: 'Records that were read for this page.' })
  scanned!: number;
  @ApiProperty({ type: 'integer', description: 'At most as many records are still to be searched.' })
  remaining!: number;
  @ApiProperty({
    enum: SEARCH_BASES,
    description:
      '`timeline`: the read models know where the events of the end user are, and only these and what was appended since was read; `scan`: the log was searched.',
  })
  basis!: (typeof SEARCH_BASES)[number];
}
