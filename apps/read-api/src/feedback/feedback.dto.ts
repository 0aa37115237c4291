import type { TriagedField } from '@app/catalog';
import type { ApiRowOf } from '@app/engine';
import { FeedbackItem } from '@app/projections';
import { ApiProperty } from '@nestjs/swagger';
import { anyJson } from '../common/http/stored-json.schema';
import { resourceOf } from '../read-models/resource';

export const feedback = resourceOf(FeedbackItem);
export type FeedbackAnswer = ApiRowOf<typeof FeedbackItem>;

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

export class FeedbackItemDto extends feedback.Answer {
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
