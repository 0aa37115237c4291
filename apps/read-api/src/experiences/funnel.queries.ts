import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../common/database/read-database';
import { gathered, Parameters, rowsIn } from '../common/database/statement';
import { checkRange } from '../common/parameters/intervals';
import { funnelOf, MEASURES, type FunnelDay } from './funnel';
import type { FunnelDto, FunnelQuery } from './funnel.dto';
import { homeOf, homes, homesByEngagement, homesByLifecycle, type Home } from './locate';

@Injectable()
export class FunnelQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** @throws {Problem} as `ExperienceLocator`; 400 for a range that is too long or no range */
  async funnel(uid: string, workspace: string | null, query: FunnelQuery): Promise<FunnelDto> {
    checkRange(query);
    // All its days tell as well where it was touched.
    const isAll = query.from === undefined && query.to === undefined;
    const sources = isAll ? [homesByLifecycle] : [homesByLifecycle, homesByEngagement];
    const parameters = new Parameters();
    const [found] = await this.database.planned<{ homes: string | null; days: string | null }>(
      `SELECT ${homes(sources, parameters, uid, workspace)} AS homes,
              ${gathered(funnelDays(parameters, uid, workspace, query))} AS days`,
      parameters.values,
    );
    const days = rowsIn<FunnelDay & Home>(found!.days);
    const home = homeOf([...rowsIn<Home>(found!.homes), ...days]);
    return funnelOf(
      days.filter((day) => day.workspace === home),
      query,
    );
  }
}

/** SQL of the counts per day, in order, of the days that are asked for: from them alone, no journey. */
function funnelDays(
  parameters: Parameters,
  uid: string,
  workspace: string | null,
  { from, to }: FunnelQuery,
): string {
  const conditions = [`f.experience_uid = ${parameters.add(uid)}`, ...parameters.inWorkspace('f', workspace)];
  if (from !== undefined) conditions.push(`f.day >= ${parameters.add(from)}`);
  if (to !== undefined) conditions.push(`f.day < ${parameters.add(to)}`);
  const counts = MEASURES.map(({ name, sqlName }) => `f.${sqlName} AS "${name}"`);
  return `SELECT f.workspace, f.day, ${counts.join(', ')}
    FROM read_models.funnel AS f WHERE ${conditions.join(' AND ')} ORDER BY f.day`;
}
