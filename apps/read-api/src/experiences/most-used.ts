import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsDay } from '../parameters/text';
import { LARGEST_LIMIT } from '../paging/page';
import { Parameters } from '../sql/statement';
import type { FunnelDay } from './funnel';

export const USES = ['saw', 'started', 'completed'] as const;

const LIMIT = `limit must be a whole number from 1 to ${LARGEST_LIMIT}`;

export class MostUsedQuery {
  @ApiPropertyOptional({ format: 'date', description: 'First UTC day; absent: 30 days before `to`.' })
  @IsOptional()
  @IsDay()
  from?: string;

  @ApiPropertyOptional({ format: 'date', description: 'The UTC day after the last; absent: tomorrow.' })
  @IsOptional()
  @IsDay()
  to?: string;

  @ApiPropertyOptional({ enum: USES, default: 'saw', description: 'By which count they are in order.' })
  @IsIn(USES, { message: `by must be one of ${USES.join(', ')}` })
  by: (typeof USES)[number] = 'saw';

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: LARGEST_LIMIT, default: 10 })
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
  )
  @IsInt({ message: LIMIT })
  @Min(1, { message: LIMIT })
  @Max(LARGEST_LIMIT, { message: LIMIT })
  limit: number = 10;
}

/** Days as YYYY-MM-DD, the second one not included. */
export class PeriodDto {
  @ApiProperty({ format: 'date', description: 'First UTC day.' }) from!: string;
  @ApiProperty({ format: 'date', description: 'The UTC day after the last.' }) to!: string;
}

export interface UseCounts extends Omit<FunnelDay, 'day'> {
  readonly workspace: string;
  readonly experienceUid: string;
}

/** SQL of the counts in the period of the experiences that were used most in it: from the counts per day alone. */
export function mostUsed(
  parameters: Parameters,
  workspace: string | null,
  { from, to }: PeriodDto,
  { by, limit }: MostUsedQuery,
): string {
  const conditions = [
    `f.day >= ${parameters.add(from)}`,
    `f.day < ${parameters.add(to)}`,
    ...parameters.inWorkspace('f', workspace),
  ];
  return `SELECT f.workspace, f.experience_uid AS "experienceUid", sum(f.saw)::bigint AS saw,
      sum(f.started)::bigint AS started, sum(f.completed)::bigint AS completed,
      sum(f.started_and_completed)::bigint AS "startedAndCompleted", sum(f.dismissed)::bigint AS dismissed,
      sum(f.likes)::bigint AS likes, sum(f.cta_clicks)::bigint AS "ctaClicks", sum(f.comments)::bigint AS comments
    FROM read_models.funnel AS f WHERE ${conditions.join(' AND ')}
   GROUP BY f.workspace, f.experience_uid HAVING sum(f.${by}) > 0
   ORDER BY sum(f.${by}) DESC, f.experience_uid, f.workspace LIMIT ${parameters.add(limit)}`;
}
