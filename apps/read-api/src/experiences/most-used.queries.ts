import { badParameter } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../database/read-database';
import { Parameters } from '../sql/statement';
import { ExperiencesQueries } from './experiences.queries';
import { funnelCounts } from './funnel';
import { mostUsed, type MostUsedQuery, type PeriodDto, type UseCounts } from './most-used';
import type { MostUsedDto } from './most-used.dto';

const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;
const FIRST_DAY = Date.parse('0001-01-01');

@Injectable()
export class MostUsedQueries {
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
