import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../common/database/read-database';
import { gathered, Parameters, rowsIn, whereAll } from '../common/database/statement';
import { onlyOne } from '../common/http/only-one';

type HomesSql = (parameters: Parameters, uid: string, workspace: string | null) => string;

export interface Home {
  readonly workspace: string;
}

/** SQL of the workspaces whose lifecycle events name the experience, two at most. */
export const homesByLifecycle: HomesSql = (parameters, uid, workspace) =>
  `SELECT e.workspace FROM read_models.experience AS e ${whereAll([
    `e.experience_uid = ${parameters.add(uid)}`,
    ...parameters.inWorkspace('e', workspace),
  ])} LIMIT 2`;

/** SQL of the workspaces in which a jimer has touched the experience, two at most. */
export const homesByEngagement: HomesSql = (parameters, uid, workspace) => {
  // The counts per day are few where the journeys are many; in one workspace the first will do.
  const conditions = [`f.experience_uid = ${parameters.add(uid)}`, ...parameters.inWorkspace('f', workspace)];
  const from = `FROM read_models.funnel AS f WHERE ${conditions.join(' AND ')}`;
  return workspace === null
    ? `SELECT DISTINCT f.workspace ${from} LIMIT 2`
    : `SELECT f.workspace ${from} LIMIT 1`;
};

/** What several sources find, as one value of another query: `rowsIn` reads it as `Home`s. */
export function homes(
  sources: readonly HomesSql[],
  parameters: Parameters,
  uid: string,
  workspace: string | null,
): string {
  return gathered(sources.map((sql) => `(${sql(parameters, uid, workspace)})`).join(' UNION ALL '));
}

/** @throws {Problem} 404 for no workspace, 400 naming `workspace` for several */
export function homeOf(found: readonly Home[]): string {
  return onlyOne([...new Set(found.map(({ workspace }) => workspace))], 'experience');
}

/** Finds the workspace of an experience. */
@Injectable()
export class ExperienceLocator {
  constructor(private readonly database: ReadDatabase) {}

  /**
   * The workspace, as soon as either read model knows the experience: their projectors may be apart.
   *
   * @throws {Problem} 404 when neither does, 400 naming `workspace` when several workspaces have it
   */
  async locate(uid: string, workspace: string | null): Promise<string> {
    const parameters = new Parameters();
    const [found] = await this.database.planned<{ homes: string | null }>(
      `SELECT ${homes([homesByLifecycle, homesByEngagement], parameters, uid, workspace)} AS homes`,
      parameters.values,
    );
    return homeOf(rowsIn<Home>(found!.homes));
  }
}
