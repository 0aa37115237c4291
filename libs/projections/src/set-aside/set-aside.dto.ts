import { ApiStoredJson, FieldProblemDto, PageQuery, type StoredJson } from '@app/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean } from 'class-validator';

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
}

export class SetAsidePageDto {
  @ApiProperty({ type: [SetAsideDto] }) items!: SetAsideDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export class SetAsideQuery extends PageQuery {
  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description:
      'Whether to list those that a replay has brought into the read models, instead of the others.',
  })
  @Transform(({ value }: { value: unknown }) =>
    value === 'true' || value === 'false' ? value === 'true' : value,
  )
  @IsBoolean({ message: 'replayed must be true or false' })
  replayed: boolean = false;
}
