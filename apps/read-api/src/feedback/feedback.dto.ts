import { FEEDBACK_STATUSES, type FeedbackStatus, type TriagedField } from '@app/catalog';
import type { StoredJson } from '@app/platform';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { ApiStoredJson, anyJson } from '../http/stored-json.schema';
import { IsPlainText, IsSearchText, IsUid } from '../parameters/text';
import { PageQuery } from '../paging/page';

const STATUSES = `must be one of ${FEEDBACK_STATUSES.join(', ')}`;

export class FeedbackDto {
  @ApiProperty({ example: 'b7a0c1de-5a4c-4c1c-9d0f-5d1f6f1b0c11' }) uid!: string;
  @ApiProperty({ example: 'default' }) workspace!: string;
  @ApiStoredJson('As received.') request!: StoredJson | null;
  @ApiStoredJson('As received.') project!: StoredJson | null;
  @ApiStoredJson('As received.') jimer!: StoredJson | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ enum: FEEDBACK_STATUSES, example: 'planned' }) status!: FeedbackStatus;
  @ApiProperty({ type: [String], example: ['quick win', 'ux'] }) tags!: readonly string[];
  @ApiProperty({ type: String, nullable: true, example: 'Kim' }) assignee!: string | null;
  @ApiProperty({ type: String, nullable: true, example: null }) note!: string | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Uid of the item that this one repeats.',
  })
  mergedInto!: string | null;
  @ApiProperty({
    type: 'integer',
    example: 2,
    description: 'Rises with every change of triage; 1 as submitted. It is also the ETag.',
  })
  version!: number;
}

/** One change of triage. */
export class FeedbackChangeDto {
  @ApiProperty({ type: 'integer', example: 2, description: 'That the change made.' }) version!: number;
  @ApiProperty({ format: 'date-time' }) time!: string;
  @ApiProperty({ example: 'triage@default', description: "Scope and workspace of the caller's token." })
  by!: string;
  @ApiProperty({ type: String, nullable: true, example: 'Kim', description: 'Who, as the caller said.' })
  actor!: string | null;
  @ApiProperty({
    type: 'object',
    description: 'By field, its value before and after.',
    additionalProperties: {
      type: 'object',
      properties: { from: anyJson('Before.'), to: anyJson('After.') },
    },
    example: { status: { from: 'new', to: 'planned' } },
  })
  changes!: Readonly<Partial<Record<TriagedField, { readonly from: unknown; readonly to: unknown }>>>;
}

export class FeedbackItemDto extends FeedbackDto {
  @ApiProperty({
    type: [String],
    example: [],
    description:
      'Uids of the items that were merged into this one, oldest first, at most 200; `GET /v1/feedback?mergedInto=` lists all.',
  })
  mergedFrom!: readonly string[];
  @ApiProperty({ type: [FeedbackChangeDto], description: 'Oldest first; the newest 100.' })
  history!: readonly FeedbackChangeDto[];
}

export class FeedbackPageDto {
  @ApiProperty({ type: [FeedbackDto] }) items!: FeedbackDto[];
  @ApiProperty({ type: String, nullable: true }) nextCursor!: string | null;
}

export class FeedbackQuery extends PageQuery {
  @ApiPropertyOptional({
    enum: FEEDBACK_STATUSES,
    isArray: true,
    description: 'Any of these: several times, or separated by commas.',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value))
  @IsIn(FEEDBACK_STATUSES, { each: true, message: `status ${STATUSES}, or several separated by commas` })
  status?: FeedbackStatus[];

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
  @IsSearchText()
  tag?: string;

  @ApiPropertyOptional({ description: 'As it was assigned, letter for letter.' })
  @IsOptional()
  @IsSearchText()
  assignee?: string;

  @ApiPropertyOptional({
    type: Boolean,
    description: 'Only items that were merged into another (true), or only the others (false).',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    value === 'true' || value === 'false' ? value === 'true' : value,
  )
  @IsBoolean({ message: 'merged must be true or false' })
  merged?: boolean;

  @ApiPropertyOptional({ description: 'Only items that were merged into the one of this uid.' })
  @IsOptional()
  @IsPlainText()
  mergedInto?: string;

  @ApiPropertyOptional({
    description: "A part of any text in the request, or of the project's name, in any letter case.",
  })
  @IsOptional()
  @IsSearchText()
  q?: string;
}
