import { FieldProblemDto, type StoredJson } from '@app/platform';
import { ApiProperty } from '@nestjs/swagger';

export class SetAsideDto {
  @ApiProperty({ format: 'uuid', description: 'The id that the gateway answered.' }) id!: string;
  @ApiProperty() workspace!: string;
  @ApiProperty({ type: String, nullable: true, example: 'tour.started' }) event!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) time!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) receivedAt!: string | null;
  @ApiProperty({ type: [FieldProblemDto], description: 'Why it is here; empty for an unknown kind.' })
  problems!: StoredJson;
  @ApiProperty({ description: 'As received.', type: Object }) payload!: StoredJson | null;
}

export class SetAsidePageDto {
  @ApiProperty({ type: [SetAsideDto] }) items!: SetAsideDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}
