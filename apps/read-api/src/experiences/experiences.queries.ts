import type { ApiRowOf } from '@app/engine';
import { Experience } from '@app/projections';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../common/database/read-database';
import { resourceOf } from '../read-models/resource';

export const experiences = resourceOf(Experience);
export type ExperienceAnswer = ApiRowOf<typeof Experience>;

@Injectable()
export class ExperiencesQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** The experience in each workspace that knows it; at most two are given. */
  find(uid: string, workspace: string | null): Promise<ExperienceAnswer[]> {
    return experiences.find(this.database, uid, workspace);
  }

  /**
   * The known ones among some experiences, in any order. Others with these uids, from any of these workspaces, may be
   * included.
   */
  async several(
    places: readonly { readonly workspace: string; readonly experienceUid: string }[],
  ): Promise<ExperienceAnswer[]> {
    if (places.length === 0) return [];
    return experiences.several(
      this.database,
      [...new Set(places.map(({ workspace }) => workspace))],
      [...new Set(places.map(({ experienceUid }) => experienceUid))],
    );
  }
}
