import { FEEDBACK_STATUSES, TRIAGE_LIMITS, type FeedbackStatus } from '@app/catalog';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, ValidateBy, ValidateIf } from 'class-validator';
import { IsPlainText, isStorable } from '../../common/parameters/text';
import { FeedbackItemDto } from '../feedback.dto';

const given = (): PropertyDecorator => ValidateIf((_body, value: unknown) => value !== undefined);
const givenAndNotNull = (): PropertyDecorator => ValidateIf((_body, value: unknown) => value != null);

function isTag(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= TRIAGE_LIMITS.tag &&
    value.trim() === value &&
    isStorable(value)
  );
}

function AreTags(): PropertyDecorator {
  return ValidateBy({
    name: 'areTags',
    validator: {
      validate: (value: unknown) =>
        Array.isArray(value) && new Set(value).size <= TRIAGE_LIMITS.tags && value.every(isTag),
      defaultMessage: () =>
        `tags must be a list of at most ${TRIAGE_LIMITS.tags} texts of 1 to ${TRIAGE_LIMITS.tag} characters without white space around them`,
    },
  });
}

/** What to change; what is absent stays as it is, and null clears. */
export class TriageDto {
  @ApiPropertyOptional({ enum: FEEDBACK_STATUSES, example: 'planned' })
  @given()
  @IsIn(FEEDBACK_STATUSES, { message: `status must be one of ${FEEDBACK_STATUSES.join(', ')}` })
  status?: FeedbackStatus;

  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    maxItems: TRIAGE_LIMITS.tags,
    example: ['quick win', 'ux'],
    description: 'The whole set: it takes the place of the one before.',
  })
  @givenAndNotNull()
  @AreTags()
  tags?: string[] | null;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: TRIAGE_LIMITS.assignee, example: 'Kim' })
  @givenAndNotNull()
  @IsPlainText(TRIAGE_LIMITS.assignee)
  assignee?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: TRIAGE_LIMITS.note })
  @givenAndNotNull()
  @IsPlainText(TRIAGE_LIMITS.note)
  note?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    description: 'Uid of the item that this one repeats, of the same workspace and not merged itself.',
  })
  @givenAndNotNull()
  @IsPlainText()
  mergedInto?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: TRIAGE_LIMITS.actor,
    example: 'Kim',
    description: 'Who makes the change, for the history: a token tells only its scope and workspace.',
  })
  @givenAndNotNull()
  @IsPlainText(TRIAGE_LIMITS.actor)
  actor?: string | null;
}

export class TriagedItemDto extends FeedbackItemDto {
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'jimo.feedback/3@17',
    description: 'Of the change, for `Read-After`; null when nothing had to change.',
  })
  position!: string | null;
}
