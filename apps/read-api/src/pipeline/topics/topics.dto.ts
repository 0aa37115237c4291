import { ApiProperty } from '@nestjs/swagger';
import { pageSchema } from '../../read-models/schemas';

export class TopicPartitionDto {
  @ApiProperty({ type: 'integer' }) partition!: number;
  @ApiProperty({ type: 'integer', description: 'Of the oldest record.' }) startOffset!: number;
  @ApiProperty({ type: 'integer', description: 'Of the record that comes next.' }) endOffset!: number;
}

export class RecordsPerSecondDto {
  @ApiProperty({ type: Number }) lastMinute!: number;
  @ApiProperty({ type: Number }) last10Minutes!: number;
}

export class TopicSettingDifferenceDto {
  @ApiProperty({ description: 'As Kafka calls it.', example: 'cleanup.policy' }) setting!: string;
  @ApiProperty({ description: 'What it is.', example: 'delete' }) found!: string;
  @ApiProperty({ description: 'What it must be.', example: 'compact' }) wanted!: string;
}

export class TopicDto {
  @ApiProperty({ example: 'jimo.engagement' }) name!: string;
  @ApiProperty({ type: [TopicPartitionDto] }) partitions!: readonly TopicPartitionDto[];
  @ApiProperty({
    type: 'integer',
    description: 'From the start to the end of its partitions; those that compaction has removed count, too.',
  })
  records!: number;
  @ApiProperty({ description: 'That were appended, on average.' })
  recordsPerSecond!: RecordsPerSecondDto;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When its newest record was appended; null when there is none.',
  })
  newestAt!: string | null;
  @ApiProperty({
    type: [TopicSettingDifferenceDto],
    nullable: true,
    description:
      'Settings that are not as they must be: something has changed them, and the log may no longer be kept for good. Compared every 20 seconds; null before the first comparison.',
  })
  settingDifferences!: readonly TopicSettingDifferenceDto[] | null;
}

export class TopicPageDto extends pageSchema(TopicDto) {}
