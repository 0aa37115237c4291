import { ApiProperty } from '@nestjs/swagger';
import type { ExportColumn } from '../common/exports/exported';
import { pageSchema } from '../read-models/schemas';
import { RUN_OUTCOMES, type RunOutcome } from './runs';

/** One run of an end user through an experience: from a start to the next. */
export class RunDto {
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'null: completed or dismissed without a start.',
  })
  startedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) completedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) dismissedAt!: string | null;
  @ApiProperty({
    enum: RUN_OUTCOMES,
    description: '`started`: the newest, not ended so far; `abandoned`: started anew before it ended.',
  })
  outcome!: RunOutcome;
}

export class RunPageDto extends pageSchema(RunDto) {}

export const RUN_COLUMNS: readonly ExportColumn<RunDto>[] = [
  'startedAt',
  'completedAt',
  'dismissedAt',
  'outcome',
];
