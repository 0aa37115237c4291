import { Injectable } from '@nestjs/common';
import { onlyOne } from '../rows/only-one';
import { ReadDatabase } from '../database/read-database';
import { checkRange } from '../parameters/intervals';
import { gathered, Parameters, rowsIn } from '../sql/statement';
import type { FunnelDto, FunnelQuery } from '../jimers/journeys.dto';
import { funnelDays, homesOfTouched } from './journeys.queries';
import { funnelOf, type FunnelDay } from './funnel';
import { homesOfExperience } from './experiences.queries';

interface Home {
  readonly workspace: string;
}

@Injectable()
export class ExperienceAnswersQueries {
  constructor(private readonly database: ReadDatabase) {}

  /**
   * The workspace of an experience, as soon as one of the slices knows it: their projectors may be apart.
   *
   * @throws {Problem} 404 when none does, 400 naming `workspace` when several workspaces have it
   */
  async locate(uid: string, workspace: string | null): Promise<string> {
    const parameters = new Parameters();
    const [found] = await this.database.planned<{ homes: string | null }>(
      `SELECT ${homes([homesOfExperience, homesOfTouched], parameters, uid, workspace)} AS homes`,
      parameters.values,
    );
    return homeOf(rowsIn<Home>(found!.homes));
  }

  /** @throws {Problem} as `locate`; 400 for a range that is too long or no range */
  async funnel(uid: string, workspace: string | null, query: FunnelQuery): Promise<FunnelDto> {
    checkRange(query);
    // All its days tell as well where it was touched.
    const isAll = query.from === undefined && query.to === undefined;
    const sources = isAll ? [homesOfExperience] : [homesOfExperience, homesOfTouched];
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

type HomesSql = (parameters: Parameters, uid: string, workspace: string | null) => string;

function homes(
  sources: readonly HomesSql[],
  parameters: Parameters,
  uid: string,
  workspace: string | null,
): string {
  return gathered(sources.map((sql) => `(${sql(parameters, uid, workspace)})`).join(' UNION ALL '));
}

function homeOf(found: readonly Home[]): string {
  return onlyOne([...new Set(found.map(({ workspace }) => workspace))], 'experience');
}
