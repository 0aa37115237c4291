import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import type { ExportColumn } from '../common/exports/exported';
import { PageQuery } from '../common/parameters/page';
import { IsDay } from '../common/parameters/text';
import { IDENTITY } from '../jimers/jimers.queries';
import { pageSchema } from '../read-models/schemas';
import { MEASURES } from './funnel';

const NAMES = MEASURES.map(({ name }) => name);

export class FigureQuery extends PageQuery {
  @ApiProperty({ format: 'date', example: '2025-02-21', description: 'The UTC day of the figure.' })
  @IsDay()
  day!: string;

  @ApiProperty({ enum: NAMES, example: 'started', description: 'The measure of the funnel.' })
  @IsIn(NAMES, { message: `must be one of ${NAMES.join(', ')}` })
  measure!: string;
}

export class CountedDto extends IDENTITY.Dto {
  @ApiProperty({ format: 'uuid', description: 'Uid of the end user.' }) jimerUid!: string;
  @ApiProperty({ format: 'date-time', description: 'The time by which it is counted on the day.' })
  at!: string;
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Id of the event, for measures that count events; null for those that count end users.',
  })
  eventId!: string | null;
}

export const COUNTED_COLUMNS: readonly ExportColumn<CountedDto>[] = [
  'jimerUid',
  'at',
  'eventId',
  ...IDENTITY.names,
];

export class FigureDto extends pageSchema(CountedDto) {
  @ApiProperty({ type: 'integer', description: 'The figure, as the funnel has it.' }) figure!: number;
  @ApiProperty({ type: 'integer', description: 'How many end users, or events, are behind it.' })
  total!: number;
  @ApiProperty({ description: 'Whether the figure and the total are equal, as of one moment.' })
  matches!: boolean;
}
