import { ApiProperty } from '@nestjs/swagger';

export const GENERATION_STATES = ['not-built', 'building', 'active', 'retired'] as const;

export class PartitionDto {
  @ApiProperty() topic!: string;
  @ApiProperty({ type: 'integer' }) partition!: number;
  @ApiProperty({ type: 'integer', description: 'The next offset to read; all before it are applied.' })
  checkpoint!: number;
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: "The next record's offset; null when Kafka does not answer.",
  })
  endOffset!: number | null;
  @ApiProperty({ type: 'integer', nullable: true }) lag!: number | null;
}

export class ProjectionDto {
  @ApiProperty() name!: string;
  @ApiProperty({ type: 'integer' }) version!: number;
  @ApiProperty({ type: 'integer', nullable: true }) activeGeneration!: number | null;
  @ApiProperty({ type: String, nullable: true, description: "The active generation's Postgres schema." })
  schema!: string | null;
  @ApiProperty({ enum: GENERATION_STATES }) state!: (typeof GENERATION_STATES)[number];
  @ApiProperty({ type: [String] }) topics!: readonly string[];
  @ApiProperty({ type: 'integer', nullable: true, description: 'Of all partitions.' }) lag!: number | null;
  @ApiProperty({ type: 'integer' }) deadLetters!: number;
  @ApiProperty({ type: [PartitionDto] }) partitions!: PartitionDto[];
}

export class ProjectionPageDto {
  @ApiProperty({ type: [ProjectionDto] }) items!: ProjectionDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export class DeadLetterDto {
  @ApiProperty() id!: string;
  @ApiProperty() projection!: string;
  @ApiProperty({ type: 'integer' }) generation!: number;
  @ApiProperty({ example: 'jimo.engagement/3@17' }) position!: string;
  @ApiProperty({ type: String, nullable: true }) workspace!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) eventId!: string | null;
  @ApiProperty({ type: String, nullable: true }) event!: string | null;
  @ApiProperty() reason!: string;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
}

export class DeadLetterPageDto {
  @ApiProperty({ type: [DeadLetterDto] }) items!: DeadLetterDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}
