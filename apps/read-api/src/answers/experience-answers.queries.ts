import { onlyOne, ReadDatabase } from '@app/platform';
import {
  checkRange,
  funnelDays,
  funnelOf,
  gathered,
  homesOfExperience,
  homesOfTouched,
  Parameters,
  rowsIn,
  type FunnelDay,
  type FunnelDto,
  type FunnelQuery,
} from '@app/projections';
import { Injectable } from '@nestjs/common';

interface Home {
  readonly workspace: string;
}

/** JSON arrays of `Home`. */
interface Homes {
  readonly known: string | null;
  readonly touched: string | null;
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
    const sql = `SELECT ${homes(parameters, uid, workspace)}`;
    const [found] = await this.database.planned<Homes>(sql, parameters.values);
    return homeOf(found!);
  }

  /** @throws {Problem} as `locate`; 400 for a range that is too long or no range */
  async funnel(uid: string, workspace: string | null, query: FunnelQuery): Promise<FunnelDto> {
    checkRange(query);
    const parameters = new Parameters();
    const sql = `SELECT ${homes(parameters, uid, workspace)},
      ${gathered(funnelDays(parameters, uid, workspace, query))} AS days`;
    const [found] = await this.database.planned<Homes & { days: string | null }>(sql, parameters.values);
    const home = homeOf(found!);
    const days = rowsIn<FunnelDay & Home>(found!.days).filter((day) => day.workspace === home);
    return funnelOf(days, query);
  }
}

function homes(parameters: Parameters, uid: string, workspace: string | null): string {
  const known = gathered(homesOfExperience(parameters, uid, workspace));
  const touched = gathered(homesOfTouched(parameters, uid, workspace));
  return `${known} AS known, ${touched} AS touched`;
}

function homeOf({ known, touched }: Homes): string {
  const names = [...rowsIn<Home>(known), ...rowsIn<Home>(touched)].map(({ workspace }) => workspace);
  return onlyOne([...new Set(names)], 'experience');
}
