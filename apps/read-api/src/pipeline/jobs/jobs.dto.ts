import { JOB_KINDS, JOB_STATES, type JobKind, type JobState } from '@app/engine-postgres';
import { MOST_OTHERS, SHARED_FIELDS, type OtherRecord } from '@app/shared-queries';
import { ApiProperty } from '@nestjs/swagger';

export class JobDto {
  @ApiProperty({ example: '17' }) id!: string;
  @ApiProperty({ enum: JOB_KINDS }) kind!: JobKind;
  @ApiProperty({ description: 'Of which projection; `log` for work on the log itself.' }) projection!: string;
  @ApiProperty({ type: 'integer', description: 'Of the declaration that it is for.' }) version!: number;
  @ApiProperty({ enum: JOB_STATES }) state!: JobState;
  @ApiProperty({
    description: 'Scope and workspace of the token, as `admin@acme`; `another workspace` for others to see.',
  })
  requestedBy!: string;
  @ApiProperty({ format: 'date-time' }) requestedAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) startedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) finishedAt!: string | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'What it told last: phase, done and total offsets, rate per second and secondsLeft, say.',
  })
  progress!: Readonly<Record<string, unknown>> | null;
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description:
      'What came of it. Only an admin token for all workspaces sees more than its plain members, and the outcome of an erasure.',
  })
  outcome!: Readonly<Record<string, unknown>> | null;
  @ApiProperty() cancelRequested!: boolean;
}

export class JobsDto {
  @ApiProperty({ type: [JobDto] }) items!: JobDto[];
}

export class JobAnswerDto {
  @ApiProperty() job!: JobDto;
}

export class RequestedJobDto extends JobAnswerDto {
  @ApiProperty({ description: 'False when it was under way already.' }) created!: boolean;
}

export class OtherRecordDto implements OtherRecord {
  @ApiProperty({ format: 'uuid' }) uid!: string;
  @ApiProperty() workspace!: string;
  @ApiProperty({ type: String, nullable: true }) username!: string | null;
  @ApiProperty({ enum: SHARED_FIELDS, isArray: true, description: 'What it has in common with the erased.' })
  sharing!: OtherRecord['sharing'];
}

export class RequestedErasureDto extends RequestedJobDto {
  @ApiProperty({
    type: [OtherRecordDto],
    description: `Other records with the same e-mail address or identify token, which are not erased: the person may be known under several uids. The newest first, at most ${MOST_OTHERS}.`,
  })
  others!: readonly OtherRecordDto[];
}

export class RequestedJobsDto {
  @ApiProperty({ type: [JobDto], description: 'One per projection concerned.' }) jobs!: JobDto[];
}
