import { cursorInteger, cursorKind, pageOf, ReadDatabase, type Page, type PageQuery } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { isoTimeOrNull } from '../shared/show';
import type { RunDto } from './journeys.dto';
import { RUN_KINDS, runsOf, type RunEvent } from './runs';

const byPlace = cursorKind<[number]>('runs', cursorInteger);

/** How often an end user went through an experience, and how each time ended. */
@Injectable()
export class RunsQueries {
  constructor(private readonly database: ReadDatabase) {}

  /**
   * Newest first. All starts and ends of one person in one experience are read: a late one may change where
   * runs begin and end.
   */
  async list(
    workspace: string,
    jimerUid: string,
    experienceUid: string,
    { limit, cursor }: PageQuery,
  ): Promise<Page<RunDto>> {
    const before = byPlace.decode(cursor)?.[0];
    const events = await this.database.planned<RunEvent>(
      `SELECT kind, occurred_at AS time FROM read_models.touch
        WHERE workspace = $1 AND jimer_uid = $2 AND experience_uid = $3 AND kind = ANY($4)`,
      [workspace, jimerUid, experienceUid, RUN_KINDS],
    );
    // A run's number stays what it is when newer ones come, as the newest are the last.
    const numbered = runsOf(events).map((run, number) => ({ run, number }));
    return pageOf(
      numbered.filter(({ number }) => before === undefined || number < before).toReversed(),
      limit,
      byPlace,
      ({ number }) => [number],
      ({ run }) => ({
        startedAt: isoTimeOrNull(run.startedAt),
        completedAt: isoTimeOrNull(run.completedAt),
        dismissedAt: isoTimeOrNull(run.dismissedAt),
        outcome: run.outcome,
      }),
    );
  }

  /** Whether the jimer has a journey through the experience. */
  async hasJourney(workspace: string, jimerUid: string, experienceUid: string): Promise<boolean> {
    const rows = await this.database.planned(
      'SELECT 1 FROM read_models.journey WHERE workspace = $1 AND jimer_uid = $2 AND experience_uid = $3',
      [workspace, jimerUid, experienceUid],
    );
    return rows.length > 0;
  }
}
