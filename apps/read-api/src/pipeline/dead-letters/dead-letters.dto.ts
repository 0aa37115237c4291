import { DEAD_LETTER_STATES, type DeadLetterState } from '@app/engine-postgres';
import { PROJECTIONS } from '@app/projections';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional, ValidateBy } from 'class-validator';
import { PageQuery } from '../../common/parameters/page';
import { isNumberedId, IsPlainText } from '../../common/parameters/text';
import { pageSchema } from '../../read-models/schemas';

const NAMES = PROJECTIONS.map(({ name }) => name);
const MOST_IDS = 1_000;

export class DeadLetterDto {
  @ApiProperty() id!: string;
  @ApiProperty() projection!: string;
  @ApiProperty({ type: 'integer' }) generation!: number;
  @ApiProperty({ example: 'jimo.engagement/3@17' }) position!: string;
  @ApiProperty({ type: String, nullable: true }) workspace!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) eventId!: string | null;
  @ApiProperty({ type: String, nullable: true }) event!: string | null;
  @ApiProperty({ description: 'Why it could not be applied, at the last attempt.' }) reason!: string;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ enum: DEAD_LETTER_STATES }) state!: DeadLetterState;
  @ApiProperty({ type: 'integer', description: 'How often it was tried to apply it.' }) attempts!: number;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) resolvedAt!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    description: '`applied`, or the reason for which it was discarded.',
  })
  resolution!: string | null;
}

export class DeadLetterPageDto extends pageSchema(DeadLetterDto) {}

const IsProjection = (): PropertyDecorator =>
  IsIn(NAMES, { message: `projection must be one of ${NAMES.join(', ')}` });

export class DeadLettersQuery extends PageQuery {
  @ApiPropertyOptional({ enum: DEAD_LETTER_STATES, default: 'set-aside' })
  @IsIn(DEAD_LETTER_STATES, { message: `state must be one of ${DEAD_LETTER_STATES.join(', ')}` })
  state: DeadLetterState = 'set-aside';

  @ApiPropertyOptional({ enum: NAMES })
  @IsOptional()
  @IsProjection()
  projection?: string;
}

/** Which open dead letters to replay; by default all of them. */
export class ReplayDto {
  @ApiPropertyOptional({ enum: NAMES })
  @IsOptional()
  @IsProjection()
  projection?: string;

  @ApiPropertyOptional({ type: [String], minItems: 1, maxItems: MOST_IDS, example: ['17'] })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_IDS)
  @ValidateBy(
    {
      name: 'isNumberedId',
      validator: {
        validate: isNumberedId,
        defaultMessage: () => 'each of ids must be the id of a dead letter, as text',
      },
    },
    { each: true },
  )
  ids?: readonly string[];
}

export class DiscardDto {
  @ApiProperty({ maxLength: 1_000, description: 'Why it is given up for good.' })
  @IsPlainText(1_000)
  reason!: string;
}
