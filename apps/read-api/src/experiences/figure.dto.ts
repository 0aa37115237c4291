import { Funnel } from '@app/projections';
import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { PageQuery } from '../common/parameters/page';
import { IsDay } from '../common/parameters/text';

export const MEASURES = Funnel.measures.map(({ name }) => name);

export class FigureQuery extends PageQuery {
  @ApiProperty({ format: 'date', example: '2025-02-21', description: 'The UTC day of the figure.' })
  @IsDay()
  day!: string;

  @ApiProperty({ enum: MEASURES, example: 'started', description: 'The measure of the funnel.' })
  @IsIn(MEASURES, { message: `must be one of ${MEASURES.join(', ')}` })
  measure!: string;
}

export class CountedDto {
  @ApiProperty({ format: 'uuid', description: 'Uid of the end user.' }) jimerUid!: string;
  @ApiProperty({ type: String, nullable: true, description: "The customer's own id of the user." })
  identifyToken!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Name.' }) username!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'E-mail address.' }) email!: string | null;
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

export class FigureDto {
  @ApiProperty({ type: 'integer', description: 'The figure, as the funnel has it.' }) figure!: number;
  @ApiProperty({ type: 'integer', description: 'How many end users, or events, are behind it.' })
  total!: number;
  @ApiProperty({ description: 'Whether the figure and the total are equal, as of one moment.' })
  matches!: boolean;
  @ApiProperty({ type: [CountedDto], description: 'By uid of the end user.' }) items!: CountedDto[];
  @ApiProperty({ type: String, nullable: true, description: 'Asks for the next page; null on the last one.' })
  nextCursor!: string | null;
}
