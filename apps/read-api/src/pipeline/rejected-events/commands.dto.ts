import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  Equals,
  IsArray,
  IsOptional,
  IsString,
  MaxLength,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { FieldProblemDto } from '../../common/http/read-controller';
import { IsPlainText, isUuid } from '../../common/parameters/text';
import { EventFilter, ProblemFilter } from './rejected-events.dto';

/** Each may be a quarter of a MiB. */
export const MOST_IDS = 100;

/** As the gateway answers. */
export class ReplayedEventDto {
  @ApiProperty({ format: 'uuid', description: 'The id under which it is accepted now.' }) id!: string;
  @ApiProperty({ enum: ['accepted'] }) status!: 'accepted';
  @ApiProperty({ example: 'jimo.engagement/3@17', description: 'For `Read-After`.' }) position!: string;
}

@ApiSchema({ name: 'ReplaySetAsideDto' })
export class ReplayRejectedEventsDto {
  @ApiPropertyOptional({
    type: [String],
    format: 'uuid',
    minItems: 1,
    maxItems: MOST_IDS,
    description: 'Which; absent with `all`.',
  })
  @ValidateIf(({ ids, all }: ReplayRejectedEventsDto) => all === undefined || ids !== undefined)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_IDS)
  @Transform(({ value }: { value: unknown }) =>
    Array.isArray(value)
      ? value.map((id: unknown) => (typeof id === 'string' ? id.toLowerCase() : id))
      : value,
  )
  @ValidateBy(
    {
      name: 'isUuid',
      validator: { validate: isUuid, defaultMessage: () => 'each of ids must be a UUID' },
    },
    { each: true },
  )
  ids?: readonly string[];

  @ApiPropertyOptional({
    enum: [true],
    description: `Instead of \`ids\`: all that wait, of \`event\` and \`problem\` where they are given. An answer is about ${MOST_IDS} at most, the newest first: ask again with its \`nextCursor\` for the others.`,
  })
  @IsOptional()
  @Equals(true)
  all?: true;

  @EventFilter()
  event?: string;

  @ProblemFilter()
  problem?: string;

  @ApiPropertyOptional({ description: 'With `all`: `nextCursor` of the answer before.' })
  @IsOptional()
  @IsString()
  @MaxLength(4_000, { message: 'is not one that an answer gave' })
  cursor?: string;
}

@ApiSchema({ name: 'DiscardSetAsideDto' })
export class DiscardRejectedEventsDto extends ReplayRejectedEventsDto {
  @ApiProperty({ maxLength: 1_000, description: 'Why they are given up.' })
  @IsPlainText(1_000)
  reason!: string;
}

const REPLAY_OUTCOMES = ['accepted', 'refused'] as const;

export class ReplayOutcomeDto {
  @ApiProperty({ format: 'uuid', description: 'Id of the rejected event.' }) id!: string;
  @ApiProperty({ enum: REPLAY_OUTCOMES }) outcome!: (typeof REPLAY_OUTCOMES)[number];
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Under which id it is accepted now.',
  })
  acceptedId!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'jimo.engagement/3@17',
    description: 'For `Read-After`.',
  })
  position!: string | null;
  @ApiProperty({ type: [FieldProblemDto], description: 'Why it would not be accepted now either.' })
  problems!: readonly FieldProblemDto[];
}

export class ReplayOutcomesDto {
  @ApiProperty({ type: [ReplayOutcomeDto] }) items!: ReplayOutcomeDto[];
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'With `all`, for those that are left; else null.',
  })
  nextCursor!: string | null;
}

export class DiscardedEventDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: ['discarded'] }) status!: 'discarded';
  @ApiProperty({ example: 'jimo.quarantine/3@17', description: 'For `Read-After`.' }) position!: string;
}

export class DiscardedEventsDto {
  @ApiProperty({ type: [DiscardedEventDto] }) items!: DiscardedEventDto[];
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'With `all`, for those that are left; else null.',
  })
  nextCursor!: string | null;
}
