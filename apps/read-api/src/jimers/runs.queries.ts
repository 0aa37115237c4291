import { eventsThatMean } from '@app/catalog';
import { Injectable } from '@nestjs/common';
import { ReadDatabase } from '../common/database/read-database';
import { isoTimeOrNull } from '../common/database/times';
import { cursorInstant, cursorKind, cursorUuid } from '../common/parameters/cursor';
import { pageOf, type Page, type PageQuery } from '../common/parameters/page';
import { isStart, runsOf, type RunEvent } from './runs';
import type { RunDto } from './runs.dto';

type RunRow = RunEvent & { readonly id: string };

const byStart = cursorKind<[number, string]>('runs', cursorInstant, cursorUuid);

const OF_BOTH = 't.workspace = $1 AND t.jimer_uid = $2 AND t.experience_uid = $3';

const firstEnd = (kinds: string): string => `(
  SELECT t.kind, t.occurred_at, t.event_id FROM read_models.touch AS t
   WHERE ${OF_BOTH} AND t.kind = ANY(${kinds}) AND t.occurred_at >= span.at AND t.occurred_at < span.until
   ORDER BY t.occurred_at LIMIT 1)`;

/**
 * The starts of a page and of one run more, oldest first, and the first completion and the first dismissal between each
 * and the next. Where there are no more starts, the ends before the first one are a run, too.
 */
const PAGE = `
WITH begun AS (
  SELECT t.kind, t.occurred_at AS at, t.event_id AS id FROM read_models.touch AS t
   WHERE ${OF_BOTH} AND t.kind = ANY($4)
     AND ($7::timestamptz IS NULL OR (t.occurred_at <= $7 AND (t.occurred_at, t.event_id) < ($7, $8::uuid)))
   ORDER BY t.occurred_at DESC, t.event_id DESC LIMIT $9
), span AS (
  SELECT at, COALESCE(lag(at) OVER (ORDER BY at DESC, id DESC), $7, 'infinity') AS until FROM begun
  UNION ALL
  SELECT '-infinity', COALESCE((SELECT min(at) FROM begun), $7, 'infinity')
   WHERE (SELECT count(*) FROM begun) < $9
)
SELECT kind, at AS time, id FROM begun
UNION ALL
SELECT ended.kind, ended.occurred_at, ended.event_id
  FROM span CROSS JOIN LATERAL (${firstEnd('$5')} UNION ALL ${firstEnd('$6')}) AS ended
 ORDER BY time, id`;

/** How often an end user went through an experience, and how each time ended. */
@Injectable()
export class RunsQueries {
  constructor(private readonly database: ReadDatabase) {}

  /** Newest first. A late event may change where runs begin and end. */
  async list(
    workspace: string,
    jimerUid: string,
    experienceUid: string,
    { limit, cursor }: PageQuery,
  ): Promise<Page<RunDto>> {
    const before = byStart.decode(cursor);
    const events = await this.database.planned<RunRow>(PAGE, [
      ...[workspace, jimerUid, experienceUid],
      ...(['start', 'completion', 'dismissal'] as const).map((meaning) => eventsThatMean(meaning)),
      ...[before && new Date(before[0]), before && before[1], limit + 1],
    ]);
    const starts = events.filter(isStart);
    const runs = runsOf(events, before !== null);
    // One without a start is the oldest.
    const startless = runs.length - starts.length;
    return pageOf(
      runs.map((run, i) => ({ run, start: starts[i - startless] })).toReversed(),
      limit,
      byStart,
      ({ start }) => [start!.time, start!.id],
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
