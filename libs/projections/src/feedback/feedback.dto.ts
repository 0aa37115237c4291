import { FEEDBACK_STATUSES, type FeedbackStatus } from '@app/catalog';
import { IsPlainText, IsUid, PageQuery, type StoredJson } from '@app/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';

export class FeedbackDto {
  @ApiProperty() uid!: string;
  @ApiProperty() workspace!: string;
  @ApiProperty({ description: 'As received.', type: Object, nullable: true }) request!: StoredJson | null;
  @ApiProperty({ description: 'As received.', type: Object, nullable: true }) project!: StoredJson | null;
  @ApiProperty({ description: 'As received.', type: Object, nullable: true }) jimer!: StoredJson | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ enum: FEEDBACK_STATUSES }) status!: FeedbackStatus;
  @ApiProperty({ type: [String] }) tags!: readonly string[];
  @ApiProperty({ type: String, nullable: true }) assignee!: string | null;
  @ApiProperty({ type: String, nullable: true }) note!: string | null;
  @ApiProperty({ type: 'integer', description: 'Rises with every change of triage.' }) version!: number;
}

/** One change of triage. */
export class FeedbackChangeDto {
  @ApiProperty({ format: 'date-time' }) time!: string;
}

export class FeedbackItemDto extends FeedbackDto {
  @ApiProperty({ type: [FeedbackChangeDto] }) history!: readonly FeedbackChangeDto[];
}

export class FeedbackPageDto {
  @ApiProperty({ type: [FeedbackDto] }) items!: FeedbackDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export class FeedbackQuery extends PageQuery {
  @ApiPropertyOptional({ enum: FEEDBACK_STATUSES })
  @IsOptional()
  @IsIn(FEEDBACK_STATUSES, { message: `status must be one of ${FEEDBACK_STATUSES.join(', ')}` })
  status?: FeedbackStatus;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUid()
  projectUid?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUid()
  jimerUid?: string;

  @ApiPropertyOptional()
  @IsOptional()
  @IsPlainText()
  tag?: string;

  @ApiPropertyOptional({
    description: "A part of any text in the request, or of the project's name, in any letter case.",
  })
  @IsOptional()
  @IsPlainText()
  q?: string;
}
