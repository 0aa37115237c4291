import { badParameter } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../common/database/read-database';
import { Parameters } from '../common/database/statement';
import { ExperiencesQueries } from './experiences.queries';
import { funnelCounts, MEASURES, type FunnelDay } from './funnel';
import type { MostUsedDto, MostUsedQuery, PeriodDto } from './top.dto';

const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;
const FIRST_DAY = Date.parse('0001-01-01');

interface UseCounts extends Omit<FunnelDay, 'day'> {
  readonly workspace: string;
  readonly experienceUid: string;
}

@Injectable()
export class TopExperiencesQueries {
  constructor(
    private readonly database: ReadDatabase,
    private readonly experiences: ExperiencesQueries,
  ) {}

  /** @throws {Problem} 400 when `to` is before `from` */
  async list(workspace: string | null, query: MostUsedQuery): Promise<MostUsedDto> {
    const period = periodOf(query);
    if (period.to < period.from) throw badParameter('to', 'must not be before from');
    const parameters = new Parameters();
    const rows = await this.database.planned<UseCounts>(
      mostUsed(parameters, workspace, period, query),
      parameters.values,
    );
    const known = await this.experiences.several(rows);
    return {
      ...period,
      items: rows.map(({ workspace: home, experienceUid: uid, ...sums }) => {
        const experience = known.find((each) => each.uid === uid && each.workspace === home);
        const { title = null, type = null, status = null } = experience ?? {};
        return { uid, workspace: home, title, type, status, ...funnelCounts(sums) };
      }),
    };
  }
}

function periodOf({ from, to = dayOf(Date.now() + DAY_MS) }: MostUsedQuery): PeriodDto {
  return { from: from ?? dayOf(Math.max(Date.parse(to) - USUAL_DAYS * DAY_MS, FIRST_DAY)), to };
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** SQL of the counts in the period of the experiences that were used most in it: from the counts per day alone. */
function mostUsed(
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
  const sums = MEASURES.map(({ name, sqlName }) => `sum(f.${sqlName})::bigint AS "${name}"`);
  return `SELECT f.workspace, f.experience_uid AS "experienceUid", ${sums.join(', ')}
    FROM read_models.funnel AS f WHERE ${conditions.join(' AND ')}
   GROUP BY f.workspace, f.experience_uid HAVING sum(f.${by}) > 0
   ORDER BY sum(f.${by}) DESC, f.experience_uid, f.workspace LIMIT ${parameters.add(limit)}`;
}
