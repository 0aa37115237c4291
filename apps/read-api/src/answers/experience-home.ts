import { onlyOne } from '@app/platform';
import { ExperiencesQueries, JourneysQueries } from '@app/projections';
import { Injectable } from '@nestjs/common';

/** Which workspace an experience is of. */
@Injectable()
export class ExperienceHome {
  constructor(
    private readonly experiences: ExperiencesQueries,
    private readonly journeys: JourneysQueries,
  ) {}

  /**
   * The workspace of an experience, as soon as one of the slices knows it: their projectors may be apart.
   *
   * @throws {Problem} 404 when none does, 400 naming `workspace` when several workspaces have it
   */
  async locate(uid: string, workspace: string | null): Promise<string> {
    const [known, touched] = await Promise.all([
      this.experiences.find(uid, workspace),
      this.journeys.workspacesOf(uid, workspace),
    ]);
    return onlyOne(
      [...new Set([...known.map((experience) => experience.workspace), ...touched])],
      'experience',
    );
  }
}
