import { ACTIVE, SNAPSHOT_NAME, type SnapshotVerification } from '@app/engine-postgres';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches, NotEquals, ValidateBy } from 'class-validator';
import { momentOf } from '../common/parameters/moments';
import { IsPlainText } from '../common/parameters/text';
import { NAME_MESSAGE } from './snapshot-context';

export class NewSnapshotDto {
  @ApiProperty({ pattern: SNAPSHOT_NAME.source, example: 'before_campaign' })
  @Matches(SNAPSHOT_NAME, { message: `$property ${NAME_MESSAGE}` })
  @NotEquals(ACTIVE, { message: `$property cannot be ${ACTIVE}, which means the generation that serves` })
  name!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'A time of the log: records that were appended at it or before it count.',
  })
  @ValidateBy({
    name: 'isPast',
    validator: {
      validate: (value: unknown) => (momentOf(value) ?? Number.POSITIVE_INFINITY) <= Date.now(),
      defaultMessage: () =>
        '$property must be a time with its zone (2025-02-03T12:00:00Z) that has passed, or a UTC day',
    },
  })
  until!: string;

  @ApiPropertyOptional({ maxLength: 1_000, description: 'What it is for.' })
  @IsOptional()
  @IsPlainText(1_000)
  note?: string;
}

export class SnapshotVerificationDto implements SnapshotVerification {
  @ApiProperty({ enum: ['clean', 'indeterminate'] }) outcome!: 'clean' | 'indeterminate';
  @ApiProperty({ type: [String] }) reasons!: readonly string[];
  @ApiProperty({ type: 'integer', description: 'Records of the log that it was made from.' })
  records!: number;
  @ApiProperty({ type: 'integer' }) rows!: number;
  @ApiProperty({ format: 'date-time' }) verifiedAt!: string;
}

export class SnapshotDto {
  @ApiProperty({ example: 'before_campaign' }) name!: string;
  @ApiProperty({ example: 'journeys' }) projection!: string;
  @ApiProperty({ enum: ['building', 'kept'], description: 'Only one that is kept can be read.' })
  state!: 'building' | 'kept';
  @ApiProperty({ format: 'date-time', description: 'The time of the log up to which its records reach.' })
  until!: string;
  @ApiProperty({ type: String, nullable: true }) note!: string | null;
  @ApiProperty({ type: 'integer' }) generation!: number;
  @ApiProperty({ type: 'integer', description: 'Of the declaration that made it.' }) version!: number;
  @ApiProperty({ description: 'The Postgres schema of its views.' }) views!: string;
  @ApiProperty({ type: String, nullable: true }) requestedBy!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) keptAt!: string | null;
  @ApiProperty({
    type: SnapshotVerificationDto,
    nullable: true,
    description: 'What came of comparing it with the log when it was made.',
  })
  verified!: SnapshotVerificationDto | null;
}

export class SnapshotPageDto {
  @ApiProperty({ type: [SnapshotDto] }) items!: SnapshotDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export class DroppedSnapshotDto {
  @ApiProperty({ example: 'before_campaign' }) name!: string;
  @ApiProperty({ type: [String], description: 'Those that had it.' }) projections!: readonly string[];
}
