import { GENERATION_STATES, type GenerationState } from '@app/engine-postgres';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, Equals, IsArray, IsOptional, ValidateNested } from 'class-validator';
import { IsPlainText, IsUid } from '../../common/parameters/text';
import { JobDto } from '../jobs/jobs.dto';
import { pageSchema } from '../../read-models/schemas';
import { PROJECTION_STATES, type ProjectionState } from './projection-status';

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
  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Age of the oldest record that is not applied, in seconds; 0 when all are; null: not known.',
  })
  lagSeconds!: number | null;
}

export class LetterCountsDto {
  @ApiProperty({ type: 'integer' }) setAside!: number;
  @ApiProperty({ type: 'integer' }) replayed!: number;
  @ApiProperty({ type: 'integer' }) discarded!: number;
}

export class GenerationDto {
  @ApiProperty({ type: 'integer' }) id!: number;
  @ApiProperty({ type: 'integer' }) version!: number;
  @ApiProperty({ description: 'Its Postgres schema.' }) schema!: string;
  @ApiProperty({ enum: GENERATION_STATES }) state!: GenerationState;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) activatedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) supersededAt!: string | null;
  @ApiProperty() deadLetters!: LetterCountsDto;
  @ApiProperty({ type: 'integer', nullable: true }) lag!: number | null;
}

export class SkippedDto {
  @ApiProperty({ type: 'integer', description: 'Events of kinds that the projection has no handler for.' })
  noHandler!: number;
  @ApiProperty({ type: 'integer', description: 'Records that only say that another is gone.' })
  tombstone!: number;
  @ApiProperty({ type: 'integer', description: 'Records of end users who had been erased when they came.' })
  erased!: number;
}

export class AccountDto {
  @ApiProperty() topic!: string;
  @ApiProperty({ type: 'integer' }) partition!: number;
  @ApiProperty({ type: 'integer' }) start!: number;
  @ApiProperty({ type: 'integer' }) checkpoint!: number;
  @ApiProperty({ type: 'integer', description: 'Records that changed a row.' }) changed!: number;
  @ApiProperty({ type: 'integer', description: 'Records that changed nothing: redeliveries, mostly.' })
  unchanged!: number;
  @ApiProperty() skipped!: SkippedDto;
  @ApiProperty({ type: 'integer', description: 'Records that became dead letters, including replayed ones.' })
  deadLettered!: number;
  @ApiProperty({ type: 'integer', description: 'Offsets that compaction left without a record.' })
  gaps!: number;
  @ApiProperty({ description: 'Whether the parts are as many as the offsets from start to checkpoint.' })
  addsUp!: boolean;
}

export class ProjectionDto {
  @ApiProperty() name!: string;
  @ApiProperty({ type: 'integer' }) version!: number;
  @ApiProperty({ type: 'integer', nullable: true }) activeGeneration!: number | null;
  @ApiProperty({ type: String, nullable: true, description: "The active generation's Postgres schema." })
  schema!: string | null;
  @ApiProperty({ enum: PROJECTION_STATES }) state!: ProjectionState;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Why it is stopped: what was seen, and what to do.',
  })
  trouble!: string | null;
  @ApiProperty() paused!: boolean;
  @ApiProperty({ type: String, nullable: true }) pausedReason!: string | null;
  @ApiProperty({ type: [String] }) topics!: readonly string[];
  @ApiProperty({ type: 'integer', nullable: true, description: 'Of all partitions.' }) lag!: number | null;
  @ApiProperty({
    type: Number,
    nullable: true,
    description:
      'Age of the oldest record of any partition that is not applied, in seconds; 0 when all are; null: not known.',
  })
  lagSeconds!: number | null;
  @ApiProperty({ type: 'integer', description: 'Open dead letters.' }) deadLetters!: number;
  @ApiProperty({ type: [PartitionDto] }) partitions!: PartitionDto[];
  @ApiProperty({ type: [GenerationDto], description: 'Those that are kept; the one that serves first.' })
  generations!: GenerationDto[];
  @ApiProperty({ type: [AccountDto], description: 'Of the active generation, per partition.' })
  accounts!: AccountDto[];
  @ApiProperty() accountsAddUp!: boolean;
  @ApiProperty({ type: JobDto, nullable: true, description: 'The newest rebuild.' }) rebuild!: JobDto | null;
  @ApiProperty({ type: JobDto, nullable: true, description: 'The newest verification.' })
  verification!: JobDto | null;
}

export class ProjectionPageDto extends pageSchema(ProjectionDto) {}

export class PauseDto {
  @ApiPropertyOptional({ maxLength: 1_000 })
  @IsOptional()
  @IsPlainText(1_000)
  reason?: string;
}

/** Whose rows a repair is about. */
export class RepairedJimerDto {
  @ApiProperty({ format: 'uuid' }) @IsUid() uid!: string;
  @ApiPropertyOptional({ description: 'Without it, those of every workspace that knows the uid.' })
  @IsOptional()
  @IsPlainText()
  workspace?: string;
}

export const MOST_REPAIRED = 100;

export class RepairDto {
  @ApiPropertyOptional({ type: [RepairedJimerDto], minItems: 1, maxItems: MOST_REPAIRED })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_REPAIRED)
  @ValidateNested({ each: true })
  @Type(() => RepairedJimerDto)
  jimers?: RepairedJimerDto[];

  @ApiPropertyOptional({
    enum: [true],
    description: 'Instead of `jimers`: the rows that the last verification named.',
  })
  @IsOptional()
  @Equals(true)
  fromVerify?: true;
}
