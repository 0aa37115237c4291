import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';

export const MOST_MINUTES = 120;
const MESSAGE = `minutes must be a whole number from 1 to ${MOST_MINUTES}`;

export class ActivityQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_MINUTES,
    default: 60,
    description: 'How many minutes, the current one included.',
  })
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,3}$/.test(value) ? Number(value) : value,
  )
  @IsInt({ message: MESSAGE })
  @Min(1, { message: MESSAGE })
  @Max(MOST_MINUTES, { message: MESSAGE })
  minutes: number = 60;
}

export class ActivityMinuteDto {
  @ApiProperty({ format: 'date-time', description: 'Start of the minute.' }) at!: string;
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    example: { 'survey.started': 1, 'tour.started': 3 },
    description: 'Events by name; those that did not come are absent.',
  })
  counts!: Readonly<Record<string, number>>;
  @ApiProperty({ type: 'integer', description: 'Events whose payload failed validation.' })
  quarantined!: number;
  @ApiProperty({ type: 'integer', description: 'Events of a kind that is not in the catalogue.' })
  unrecognized!: number;
}

export class ActivityDto {
  @ApiProperty({
    format: 'date-time',
    description:
      'From when on the counts are whole. Later than what was asked for where more came than is read again, or kept.',
  })
  since!: string;
  @ApiProperty({ format: 'date-time', description: 'Up to when they are.' }) until!: string;
  @ApiProperty({
    type: [ActivityMinuteDto],
    description: 'One a minute from `since`, those without any event included; the last one is not over.',
  })
  minutes!: ActivityMinuteDto[];
}
